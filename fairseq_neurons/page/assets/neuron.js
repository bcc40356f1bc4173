// One neuron: sentences, histogram, top words, labels, ranks, and similar neurons in other models.
"use strict";

function Neuron({ model, models, index, query, steps }) {
  const [loaded, setLoaded] = useState({});
  useEffect(() => {
    let wanted = true;
    Promise.all([data.neuron(model.number, index), data.text(model.text)]).then(
      ([neuron, text]) => wanted && setLoaded({ model, neuron, text }),
      (error) => wanted && setLoaded({ error }),
    );
    return () => { wanted = false; };
  }, [model, index]);
  const { neuron, text, error } = loaded;
  const drawnIndex = neuron?.index;
  useEffect(() => {
    const list = document.querySelector(".list");
    const title = document.getElementById("neuron-title");
    // In a narrow window the neuron replaces the list, and the focus would be lost.
    if (title && !list?.offsetParent && !document.querySelector(".neuron :focus")) title.focus({ preventScroll: true });
  }, [drawnIndex]);
  if (error) return html`<p class="card problem" role="alert">${error.message}</p>`;
  // The last neuron stays until the next one is loaded, which avoids flicker.
  if (!neuron || loaded.model !== model) return html`<p class="quiet" role="status">Loading …</p>`;
  return html`<article class="neuron" aria-labelledby="neuron-title" data-neuron=${neuron.index} aria-busy=${neuron.index !== index}>
    <header class="neuron-head">
      <div>
        <h2 id="neuron-title" tabindex="-1">${model.names[neuron.index]}</h2>
        <p class="quiet">neuron ${neuron.index} of model ${model.name}</p>
      </div>
      <div class="steps">${steps}</div>
    </header>
    <${Summary} model=${model} neuron=${neuron} />
    <${Sentences} neuron=${neuron} text=${text} query=${query} />
    <${TopWords} neuron=${neuron} />
    <div class="columns">
      <${Histogram} neuron=${neuron} />
      <${Labels} neuron=${neuron} />
      <${Ranks} model=${model} neuron=${neuron} />
      <${SimilarNeurons} models=${models} neuron=${neuron} />
    </div>
  </article>`;
}

function Summary({ model, neuron }) {
  const { index } = neuron;
  const facts = [
    ["Mean", format.signed(model.means[index], neuron.digits)],
    ["Standard deviation", format.score(Math.sqrt(model.variances[index]))],
    ["Explained by the word", format.percent(model.identity[index], 0), `${format.percent(model.by_chance, 0)} by chance`],
  ];
  return html`<dl class="facts">${facts.map(([name, value, note]) => html`<div key=${name}><dt>${name}</dt>
    <dd>${value}${note && html` <small>${note}</small>`}</dd></div>`)}</dl>`;
}

const BARS = 51; // of 5 codes each, with zero in the middle of a bar

function Histogram({ neuron }) {
  const counts = useMemo(() => {
    const found = new Array(BARS).fill(0);
    for (const code of neuron.codes) found[Math.floor((code + 127) / 5)]++;
    return found;
  }, [neuron]);
  const quantiles = useMemo(() => {
    const sorted = neuron.codes.slice().sort();
    return [0, 0.25, 0.5, 0.75, 1].map((part) => sorted[Math.round(part * (sorted.length - 1))] * neuron.scale);
  }, [neuron]);
  if (!neuron.codes.length) return null;
  const names = ["lowest", "quarter", "median", "three quarters", "highest"];
  const summary = quantiles.map((value, i) => `${names[i]} ${format.signed(value, neuron.digits)}`).join(", ");
  const most = Math.max(...counts);
  return html`<section class="card" aria-labelledby="histogram-title">
    <h3 id="histogram-title">Values</h3>
    <svg class="histogram" viewBox=${`0 0 ${BARS * 10} 100`} preserveAspectRatio="none" role="img" aria-label=${`Histogram: ${summary}`}>
      ${counts.map((count, i) => html`<rect key=${i} class=${side(i)} x=${i * 10 + 0.5} width="9"
        y=${100 - (100 * count) / most} height=${(100 * count) / most}><title>${count} words</title></rect>`)}
    </svg>
    <p class="axis"><span>${format.signed(-127 * neuron.scale, neuron.digits)}</span><span>0</span><span>${format.signed(127 * neuron.scale, neuron.digits)}</span></p>
    <p class="quiet">${summary}; ${format.count(neuron.codes.length)} words.</p>
  </section>`;
}

function side(bar) {
  const middle = (BARS - 1) / 2;
  if (bar === middle) return "zero";
  return bar < middle ? "negative" : "positive";
}

function TopWords({ neuron }) {
  const columns = [
    ["share", "Explain most of its variance", (word) => format.share(word[3])],
    ["highest", "Highest on average", (word) => format.signed(word[2], neuron.digits)],
    ["lowest", "Lowest on average", (word) => format.signed(word[2], neuron.digits)],
  ];
  return html`<section class="card" aria-labelledby="words-title">
    <h3 id="words-title">Top words</h3>
    <div class="word-columns">${columns.map(([key, title, value]) => html`<table key=${key} class=${`compact words-${key}`}>
      <caption>${title}</caption>
      <thead class="unseen"><tr><th scope="col">Word</th><th scope="col">Value</th><th scope="col">Occurs</th></tr></thead>
      <tbody>${neuron.words[key].map((word) => html`<tr key=${word[0]}><th scope="row"><bdi>${word[0]}</bdi></th>
        <td class=${format.tone(value(word))}>${value(word)}</td><td class="quiet">${format.count(word[1])}×</td></tr>`)}</tbody>
    </table>`)}</div>
    <p class="quiet">Shares of variance are negative for words below the mean; averages are of words that occur at least twice.</p>
  </section>`;
}

function Labels({ neuron }) {
  if (!neuron.labels.length) return null;
  return html`<section class="card" aria-labelledby="labels-title">
    <h3 id="labels-title">Labels it predicts best</h3>
    <table class="compact">
      <thead><tr><th scope="col">Label</th><th scope="col" class="number">AUC</th><th scope="col">Side</th><th scope="col" class="number">Words</th></tr></thead>
      <tbody>${neuron.labels.map(([set, label, area, count]) => html`<tr key=${`${set}:${label}`}><th scope="row">${set}:<bdi>${label}</bdi></th>
        <td class="number">${area.toFixed(3)}</td><td class=${area < 0.5 ? "low" : "high"}>${area < 0.5 ? "low" : "high"}</td>
        <td class="number quiet">${format.count(count)}</td></tr>`)}</tbody>
    </table>
    <p class="quiet">AUC: how often the neuron is higher at a word with the label than at another word; 0.5 is chance.</p>
  </section>`;
}

const FEW_RANKS = 12;

function Ranks({ model, neuron }) {
  const [all, setAll] = useState(false);
  const rows = neuron.places.map(([sort, place, score]) => ({ ...model.sorts[sort], place, score }));
  const ofAll = rows.filter((row) => row.kind === "ranking");
  const ofLabels = rows.filter((row) => row.kind === "label").sort((a, b) => a.place - b.place);
  if (!rows.length) return null;
  return html`<section class="card" aria-labelledby="ranks-title">
    <h3 id="ranks-title">Ranks</h3>
    <table class="compact">
      <thead><tr><th scope="col">Ranking</th><th scope="col" class="number">Rank</th><th scope="col" class="number">Score</th></tr></thead>
      <tbody>${ofAll.map((row) => html`<${Place} key=${row.name} row=${row} />`)}</tbody>
      ${ofLabels.length > 0 && html`<tbody><tr><th scope="rowgroup" colspan="3" class="group">For single labels</th></tr>
        ${(all ? ofLabels : ofLabels.slice(0, FEW_RANKS)).map((row) => html`<${Place} key=${`${row.name} ${row.label}`} row=${row} />`)}</tbody>`}
    </table>
    ${ofLabels.length > FEW_RANKS && html`<p class="actions"><button type="button" aria-expanded=${all} onClick=${() => setAll(!all)}>
      ${all ? "Fewer" : `All ${ofLabels.length} labels`}</button></p>`}
    <p class="quiet">Of ${format.count(model.names.length)} neurons.</p>
  </section>`;
}

function Place({ row }) {
  return html`<tr><th scope="row" title=${row.method}>${row.name}${row.label && html`:<bdi>${row.label}</bdi>`}</th>
    <td class="number">${row.place + 1}</td><td class="number quiet">${format.score(row.score)}</td></tr>`;
}

function SimilarNeurons({ models, neuron }) {
  const [known, setKnown] = useState(new Map());
  const numbers = neuron.neighbours.map(([number]) => number);
  useEffect(() => {
    let wanted = true;
    Promise.all(numbers.map((number) => data.model(number))).then((found) => {
      if (wanted) setKnown(new Map(found.map((model) => [model.number, model])));
    });
    return () => { wanted = false; };
  }, [numbers.join()]);
  if (!numbers.length) return null;
  return html`<section class="card" aria-labelledby="similar-title">
    <h3 id="similar-title">Similar neurons in other models</h3>
    <table class="compact">
      <thead><tr><th scope="col">Model</th><th scope="col">Neuron</th><th scope="col" class="number">Correlation</th></tr></thead>
      <tbody>${neuron.neighbours.flatMap(([number, near]) => near.map(([other, rho], i) => html`<tr key=${`${number} ${other}`}>
        <th scope="row">${i === 0 ? models[number] : html`<span class="unseen">${models[number]}</span>`}</th>
        <td><a href=${route.neuron(models[number], other)}>${known.get(number)?.names[other] ?? other}</a></td>
        <td class=${`number ${format.tone(format.signed(rho))}`}>${format.signed(rho)}</td></tr>`))}</tbody>
    </table>
  </section>`;
}
