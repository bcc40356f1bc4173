// Sentences coloured by a neuron: red negative, plain zero, blue positive (the paper's Figure 3), the value under each word.
// Of a saturated neuron, red is the low and blue the high end of its own range.
"use strict";

// Selects the sentences to show, best first.
const choice = (() => {
  // Sentences with the highest values; ties in the order of the text.
  function extreme(neuron, text, sign) {
    const peaks = text.lengths.map((length, sentence) => peak(neuron.codes, text.offsets[sentence], length, sign));
    return nonempty(text).sort((a, b) => peaks[b] - peaks[a] || a - b);
  }

  function peak(codes, start, length, sign) {
    let best = -Infinity;
    for (let word = start; word < start + length; word++) best = Math.max(best, sign * codes[word]);
    return best;
  }

  function nonempty(text) {
    return text.lengths.flatMap((length, sentence) => (length ? [sentence] : []));
  }

  // A seed selects the same sentences for all neurons, so that neurons can be compared.
  function random(text, seed) {
    const order = nonempty(text);
    let state = seed >>> 0;
    for (let last = order.length - 1; last > 0; last--) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const other = Math.floor((state / 2 ** 32) * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  }

  function containing(text, word) {
    const exact = text.words.indexOf(word);
    const lower = word.toLowerCase();
    const ids = new Set(exact >= 0 ? [exact] : text.words.flatMap((one, id) => (one.toLowerCase() === lower ? [id] : [])));
    if (!ids.size) return [];
    return nonempty(text).filter((sentence) => {
      for (let word = text.offsets[sentence]; word < text.offsets[sentence + 1]; word++) {
        if (ids.has(text.ids[word])) return true;
      }
      return false;
    });
  }

  return { extreme, random, containing };
})();

function Word({ spelled, value, digits, share }) {
  const kind = share < 0 ? "negative" : "positive";
  return html`<span class=${`word ${kind}`} style=${{ "--share": Math.abs(share).toFixed(3) }}>
    <bdi>${spelled}</bdi><small>${format.signed(value, digits)}</small>
  </span>`;
}

// From -1, the darkest red, to 1, the darkest blue.
function colour({ low, high }, code) {
  return Math.max(-1, Math.min(1, (code - (low + high) / 2) / ((high - low) / 2)));
}

function Sentence({ number, neuron, text }) {
  const words = [];
  for (let place = text.offsets[number]; place < text.offsets[number + 1]; place++) {
    const code = neuron.codes[place];
    const spelled = text.words[text.ids[place]];
    words.push(html`<${Word} key=${place} spelled=${spelled} value=${code * neuron.scale}
      digits=${neuron.digits} share=${colour(neuron, code)} />${" "}`);
  }
  return html`<li value=${number + 1} data-sentence=${number}><p dir="auto">${words}</p></li>`;
}

const FEW = 5;
const MORE = 10;
const VIEWS = [["highest", "Highest"], ["lowest", "Lowest"], ["random", "Random"], ["word", "With a word"]];

function Sentences({ neuron, text, query }) {
  const [view, setView] = useState("highest");
  const [seed, setSeed] = useState(1);
  const [word, setWord] = useState(query);
  const [count, setCount] = useState(FEW);
  const [numbers, setNumbers] = useState(true);
  const chosen = useMemo(() => {
    if (view === "random") return choice.random(text, seed);
    if (view === "word") return choice.containing(text, word.trim());
    return choice.extreme(neuron, text, view === "highest" ? 1 : -1);
  }, [neuron, text, view, seed, word]);
  useEffect(() => setCount(FEW), [neuron, view, word]);
  useEffect(() => { if (query) setWord(query); }, [query]);
  return html`<section class="card sentences" aria-labelledby="sentences-title">
    <div class="card-head">
      <h3 id="sentences-title">Sentences</h3>
      <div class="tabs" role="group" aria-label="Which sentences">
        ${VIEWS.map(([key, title]) => html`<button key=${key} type="button" aria-pressed=${view === key}
          onClick=${() => setView(key)}>${title}</button>`)}
      </div>
      <label class="check"><input type="checkbox" checked=${numbers} onChange=${(e) => setNumbers(e.target.checked)} />
        Values</label>
    </div>
    ${view === "word" && html`<p><label>Word <input type="text" class="word-input" value=${word} dir="auto"
      onInput=${(e) => setWord(e.target.value)} /></label></p>`}
    ${view === "word" && html`<p class="quiet" role="status">${word.trim() ? `${format.count(chosen.length)} sentences contain it` : "Type a word."}</p>`}
    <${Legend} neuron=${neuron} />
    <ol class=${numbers ? "heatmap" : "heatmap plain"}>
      ${chosen.slice(0, count).map((number) => html`<${Sentence} key=${number} number=${number} neuron=${neuron} text=${text} />`)}
    </ol>
    <p class="actions">
      ${count < chosen.length && html`<button type="button" onClick=${() => setCount(count + MORE)}>More sentences</button>`}
      ${view === "random" && html`<button type="button" onClick=${() => setSeed(seed + 1)}>Draw again</button>`}
    </p>
  </section>`;
}

function Legend({ neuron }) {
  const [low, high] = [neuron.low, neuron.high].map((code) => format.signed(code * neuron.scale, neuron.digits));
  return html`<p class="legend"><span>${low}</span><span class="ramp" aria-hidden="true"></span><span>${high}</span>
    ${neuron.own && html`<span class="own">the range of most of its words, none of which is near zero</span>`}</p>`;
}
