// The controls above the list: model, search, meanings of a query, order.
"use strict";

const GROUPS = [["ranking", "Rankings"], ["label", "Rankings for one label"], ["auc", "Labels, by AUC"]];

// Examples of queries for this model.
function examples(model) {
  const spelled = (text) => /\p{L}/u.test(text); // "-" and "," say little of what can be asked for
  const labels = model.sorts.filter((one) => one.label);
  const label = labels.find((one) => spelled(one.label)) ?? labels[0];
  const words = model.previews.flat().map(([word]) => word);
  return [
    [String(model.names.length - 1), "a neuron by its index"],
    [`${model.blocks.at(-1)[0]}.*`, "neurons by name, with patterns"],
    [words.find(spelled) ?? words[0], "neurons with this word among their top words, by how much of their variance it explains"],
    [label && `${label.name}:${label.label}`, "neurons by how well they predict a label"],
  ].filter(([query]) => query);
}

function Models({ models, model }) {
  if (models.length < 2) return null;
  return html`<label class="field">Model
    <select class="models" value=${model.name} onChange=${(event) => route.go(route.model(event.target.value))}>
      ${models.map((name) => html`<option key=${name} value=${name} selected=${name === model.name}>${name}</option>`)}
    </select></label>`;
}

function Search({ model, query, setQuery }) {
  const placeholder = examples(model).map(([example]) => example).join(", ");
  return html`<label class="field search">Search <kbd title="Press / to come here">/</kbd>
    <input type="search" id="search" value=${query} placeholder=${placeholder} autocomplete="off"
      spellcheck="false" dir="auto" onInput=${(event) => setQuery(event.target.value)} /></label>`;
}

function Meanings({ list, meaning, setMeaning }) {
  return html`<fieldset class="meanings"><legend>It may mean</legend>
    ${list.map((one, i) => html`<label key=${one.title}><input type="radio" name="meaning" checked=${i === meaning}
      onChange=${() => setMeaning(i)} /> ${one.title}</label>`)}</fieldset>`;
}

function Sort({ model, matched, offered, sort, pick }) {
  const value = matched ? "match" : sort;
  const option = (key, title) => html`<option key=${key} value=${key} selected=${key === value}>${title}</option>`;
  const indexed = model.sorts.map((one, index) => ({ ...one, index }));
  return html`<label class="field">Order
    <select class="sort" value=${value} onChange=${(event) => pick(event.target.value)}>
      ${offered && option("match", "Best match")}
      <optgroup label="Neurons">${Object.entries(PROPERTIES).map(([key, { title }]) => option(key, title))}</optgroup>
      ${GROUPS.map(([kind, title]) => [kind, title, indexed.filter((one) => one.kind === kind)])
        .filter(([, , sorts]) => sorts.length)
        .map(([kind, title, sorts]) => html`<optgroup key=${kind} label=${title}>
          ${sorts.map((one) => option(String(one.index), one.label ? `${one.name}:${one.label}` : one.name))}</optgroup>`)}
    </select></label>`;
}
