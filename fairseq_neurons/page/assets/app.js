// Addresses (after the #), the three views, and global keys.
"use strict";

const route = (() => {
  const part = encodeURIComponent;
  const asked = (query) => (query?.trim() ? `?q=${part(query.trim())}` : "");
  const model = (name, query) => `#/model/${part(name)}${asked(query)}`;
  const neuron = (name, index, query) => `#/model/${part(name)}/neuron/${index}${asked(query)}`;

  // #/model/1/neuron/1902?q=not -> {view, model, index, query}
  function read() {
    const [path, search] = location.hash.replace(/^#/, "").split("?");
    const [, view, name, , index] = path.split("/");
    const query = new URLSearchParams(search ?? "").get("q") ?? "";
    return { view: view || "overview", model: decoded(name), index: index ? Number(index) : null, query };
  }

  function decoded(name) {
    try {
      return name && decodeURIComponent(name);
    } catch {
      return name;
    }
  }

  const go = (address) => { location.hash = address; };
  const replace = (address) => location.replace(address);
  return { read, model, neuron, go, replace };
})();

const views = { overview: "overview", shared: "shared", model: "neurons" };
const title = document.title;
const drawn = document.getElementById("neurons");

async function show() {
  const { view, model, index, query } = route.read();
  const id = views[view] ?? "overview";
  document.title = id === "neurons" && index !== null ? `Neuron ${index} of ${model} · ${title}` : title;
  for (const other of Object.values(views)) document.getElementById(other).hidden = other !== id;
  document.querySelectorAll(".views a").forEach((link) => {
    link.dataset.view === id ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  });
  if (id === "neurons") await showNeurons(model, index, query);
}

async function showNeurons(name, index, query) {
  const models = await data.models();
  const number = name === undefined ? 0 : models.indexOf(name);
  const content = number < 0
    ? html`<p class="card problem" role="alert">This report has no neurons of a model “${name}”; it has those of ${models.join(", ")}.</p>`
    : html`<${Browser} models=${models} number=${number} index=${index} query=${query} />`;
  htmPreact.render(content, drawn);
}

// The address of the view must not change.
function skip(event) {
  event.preventDefault();
  document.getElementById("content").focus();
}

function onKeyDown(event) {
  const typing = event.target.closest("input, select, textarea");
  if (event.key !== "/" || typing || event.ctrlKey || event.altKey || event.metaKey) return;
  const search = document.getElementById("search");
  if (!search || drawn.hidden) return;
  event.preventDefault();
  search.focus();
  search.select();
}

window.addEventListener("hashchange", show);
document.addEventListener("keydown", onKeyDown);
document.querySelector(".skip").addEventListener("click", skip);
document.getElementById("theme").addEventListener("click", theme.toggle);
document.documentElement.classList.add("scripted");
show();
