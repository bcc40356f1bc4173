// The neuron browser of one model: a search, an order, the list, and the panel of the chosen neuron.
"use strict";

// Orders that need no file: by what the list knows of every neuron.
const PROPERTIES = {
  index: { title: "Index", values: (model) => model.names.map((_, index) => -index), note: () => "" },
  variance: { title: "Variance", values: (model) => model.variances, note: (value) => format.score(value) },
  identity: { title: "Explained by the word", values: (model) => model.identity, note: (value) => format.percent(value) },
};
const GROUPS = [["ranking", "Rankings"], ["label", "Rankings for one label"], ["auc", "Labels, by AUC"]];
const EMPTY = new Map();

function Browser({ models, number, index, query }) {
  const [model, setModel] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let wanted = true;
    data.model(number).then((found) => wanted && setModel(found), (problem) => wanted && setError(problem));
    return () => { wanted = false; };
  }, [number]);
  if (error) return html`<p class="card problem" role="alert">${error.message}</p>`;
  if (!model || model.number !== number) return html`<p class="quiet" role="status">Loading …</p>`;
  return html`<${Finder} key=${number} models=${models} model=${model} index=${index} query=${query} />`;
}

function Finder({ models, model, index, query: asked }) {
  const [query, setQuery] = useState(asked);
  const [sort, setSort] = useState(model.sorts.some((one) => one.kind === "ranking") ? "0" : "index");
  const [meaning, setMeaning] = useState(0);
  const [byMatch, setByMatch] = useState(true);
  const found = useMeanings(query, model);
  const order = useOrder(sort, model);
  useEffect(() => setQuery(asked), [asked]);
  useEffect(() => { setMeaning(0); setByMatch(true); }, [query]);

  const chosen = found.list[Math.min(meaning, found.list.length - 1)] ?? null;
  const matched = Boolean(chosen?.ordered && byMatch);
  const { neurons, notes } = useMemo(() => listed(chosen, matched, order, found), [chosen, matched, order, found]);
  const inRange = index !== null && index < model.names.length;
  // From the list there is a way back; from neuron to neuron there need not be one for each.
  const choose = (neuron) => route[inRange ? "replace" : "go"](route.neuron(model.name, neuron, query));

  return html`<div class=${inRange ? "browser has-neuron" : "browser"}>
    <div class="finder">
      <${Models} models=${models} model=${model} />
      <${Search} model=${model} query=${query} setQuery=${setQuery} />
      ${found.list.length > 1 && html`<${Meanings} list=${found.list} meaning=${meaning} setMeaning=${setMeaning} />`}
      <${Sort} model=${model} matched=${matched} offered=${Boolean(chosen?.ordered)} sort=${sort}
        pick=${(value) => { setByMatch(value === "match"); if (value !== "match") setSort(value); }} />
      <p class="quiet results" role="status" aria-live="polite">${told(found, chosen, neurons)}</p>
      <${NeuronList} model=${model} neurons=${neurons} notes=${notes} chosen=${index} choose=${choose} />
    </div>
    <div class="panel">
      ${inRange
        ? html`<${Neuron} model=${model} models=${models} index=${index} query=${asked}
            steps=${html`<${Steps} neurons=${neurons} index=${index} choose=${choose} back=${route.model(model.name, query)} />`} />`
        : html`<${Welcome} model=${model} wrong=${index} />`}
    </div>
  </div>`;
}

function useMeanings(query, model) {
  const [found, setFound] = useState({ query: "", list: [] });
  useEffect(() => {
    let wanted = true;
    search.meanings(query, model).then(
      (list) => wanted && setFound({ query: query.trim(), list }),
      (error) => wanted && setFound({ query: query.trim(), list: [], error }),
    );
    return () => { wanted = false; };
  }, [query, model]);
  return found;
}

// All neurons in the order of a ranking or a property, with their scores as notes.
function useOrder(sort, model) {
  const [order, setOrder] = useState(() => byProperty("index", model));
  useEffect(() => {
    let wanted = true;
    if (sort in PROPERTIES) setOrder(byProperty(sort, model));
    else {
      data.sort(model.number, Number(sort)).then(({ order: neurons, scores }) => {
        const by = model.sorts[Number(sort)];
        const notes = new Map(neurons.map((neuron, place) => [neuron, format.noted(by, scores[place])]));
        if (wanted) setOrder({ neurons, notes });
      });
    }
    return () => { wanted = false; };
  }, [sort, model]);
  return order;
}

function byProperty(name, model) {
  const { values, note } = PROPERTIES[name];
  const all = values(model);
  const neurons = all.map((_, index) => index).sort((a, b) => all[b] - all[a] || a - b);
  return { neurons, notes: new Map(all.map((value, index) => [index, note(value)])) };
}

function listed(chosen, matched, order, found) {
  if (found.query && !chosen) return { neurons: [], notes: EMPTY };
  if (!chosen) return order;
  if (matched) return chosen;
  const among = new Set(chosen.neurons);
  return { neurons: order.neurons.filter((neuron) => among.has(neuron)), notes: order.notes };
}

function told(found, chosen, neurons) {
  if (found.error) return found.error.message;
  if (found.query && !chosen) return `Nothing is called “${found.query}”: no neuron, label or word.`;
  const count = `${format.count(neurons.length)} ${neurons.length === 1 ? "neuron" : "neurons"}`;
  if (!chosen) return count;
  return `${count}. ${chosen.title}${chosen.explained ? `: ${chosen.explained}` : ""}.`;
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

function Steps({ neurons, index, choose, back }) {
  const place = neurons.indexOf(index);
  const step = (by, title) => html`<button type="button" disabled=${place < 0 || neurons[place + by] === undefined}
    onClick=${() => choose(neurons[place + by])}>${title}</button>`;
  return html`<a class="back" href=${back}>All neurons</a>${step(-1, "Previous")}${step(1, "Next")}`;
}

// What can be searched for, of this model.
function examples(model) {
  const label = model.sorts.find((one) => one.label);
  return [
    [String(model.names.length - 1), "a neuron by its index"],
    [`${model.blocks.at(-1)[0]}.*`, "neurons by name, with patterns"],
    [model.previews.flat()[0]?.[0], "neurons that have this word among their top words, by how much of their variance it accounts for"],
    [label && `${label.name}:${label.label}`, "neurons by how well they tell a label"],
  ].filter(([query]) => query);
}

function Welcome({ model, wrong }) {
  const shown = model.shown < model.sentences ? `The first ${format.count(model.shown)} of ` : "";
  return html`<div class="welcome">
    ${wrong !== null && html`<p class="problem" role="alert">Model ${model.name} has no neuron ${wrong}: the last is ${model.names.length - 1}.</p>`}
    <h2>Choose a neuron</h2>
    <p>${format.count(model.names.length)} neurons. ${shown}${format.count(model.sentences)} sentences can be read; statistics are of all
      ${" "}${format.count(model.words)} words of <code>${model.dump}</code>${model.mask && html`, dumped under the mask <code>${model.mask}</code>`}.</p>
    <dl class="help">
      ${examples(model).map(([query, meaning]) => html`<div key=${meaning}>
        <dt><a href=${route.model(model.name, query)}><bdi>${query}</bdi></a></dt><dd>${meaning}</dd></div>`)}
    </dl>
    <p class="quiet">Keys: <kbd>/</kbd> search, <kbd>↑</kbd> <kbd>↓</kbd> in the list.</p>
  </div>`;
}
