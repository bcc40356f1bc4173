// The neuron browser of one model: a search, an order, the list, and the panel of the chosen neuron.
"use strict";

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
  const inRange = index in model.names;
  // Opening a neuron from the list adds a step to the history; moving between neurons does not.
  const choose = (neuron) => route[inRange ? "replace" : "go"](route.neuron(model.name, neuron, query));

  return html`<div class=${inRange ? "browser has-neuron" : "browser"}>
    <div class="finder">
      <${Models} models=${models} model=${model} />
      <${Search} model=${model} query=${query} setQuery=${setQuery} />
      ${found.list.length > 1 && html`<${Meanings} list=${found.list} meaning=${meaning} setMeaning=${setMeaning} />`}
      <${Sort} model=${model} matched=${matched} offered=${Boolean(chosen?.ordered)} sort=${sort}
        pick=${(value) => { setByMatch(value === "match"); if (value !== "match") setSort(value); }} />
      <p class="quiet results" role="status" aria-live="polite">${resultSummary(found, chosen, neurons)}</p>
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

function resultSummary(found, chosen, neurons) {
  if (found.error) return found.error.message;
  if (found.query && !chosen) return `Nothing is called “${found.query}”: no neuron, label or word.`;
  const count = `${format.count(neurons.length)} ${neurons.length === 1 ? "neuron" : "neurons"}`;
  if (!chosen) return count;
  return `${count}. ${chosen.title}${chosen.explained ? `: ${chosen.explained}` : ""}.`;
}

function Steps({ neurons, index, choose, back }) {
  const place = neurons.indexOf(index);
  const step = (by, title) => html`<button type="button" disabled=${place < 0 || neurons[place + by] === undefined}
    onClick=${() => choose(neurons[place + by])}>${title}</button>`;
  return html`<a class="back" href=${back}>All neurons</a>${step(-1, "Previous")}${step(1, "Next")}`;
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
