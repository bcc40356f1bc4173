// The list of neurons: a listbox that draws only the visible rows.
"use strict";

const ROW = 56; // pixels, as in style.css
const MARGIN = 6; // additional rows drawn outside the view

// The position of the chosen row after a key.
const KEYS = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  PageDown: (place, page) => place + page,
  PageUp: (place, page) => place - page,
  Home: () => 0,
  End: () => Infinity,
};

function NeuronList({ model, neurons, notes, chosen, choose }) {
  const box = useRef(null);
  const [top, setTop] = useState(0);
  const height = box.current?.clientHeight ?? 800;
  const place = neurons.indexOf(chosen);
  useEffect(() => { box.current.scrollTop = 0; }, [neurons]);
  useEffect(() => { if (place >= 0) reveal(box.current, place); }, [place, neurons]);

  function onKeyDown(event) {
    const key = KEYS[event.key];
    if (!key || !neurons.length || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = key(place, Math.max(1, Math.floor(height / ROW) - 1));
    choose(neurons[Math.min(Math.max(next, 0), neurons.length - 1)]);
  }

  const first = Math.max(0, Math.floor(top / ROW) - MARGIN);
  const rows = neurons.slice(first, first + Math.ceil(height / ROW) + 2 * MARGIN);
  return html`<div class="list" role="listbox" tabindex="0" aria-label="Neurons" ref=${box}
    aria-activedescendant=${place >= 0 ? `neuron-${chosen}` : undefined}
    onKeyDown=${onKeyDown} onScroll=${(event) => setTop(event.target.scrollTop)}>
    <div class="rows" role="presentation" style=${{ height: `${neurons.length * ROW}px` }}>
      ${rows.map((neuron, i) => html`<${Row} key=${neuron} model=${model} neuron=${neuron} note=${notes.get(neuron)}
        place=${first + i} total=${neurons.length} chosen=${neuron === chosen} choose=${choose} />`)}
    </div>
  </div>`;
}

function reveal(box, place) {
  const start = place * ROW;
  if (start < box.scrollTop) box.scrollTop = start;
  if (start + ROW > box.scrollTop + box.clientHeight) box.scrollTop = start + ROW - box.clientHeight;
}

function Row({ model, neuron, note, place, total, chosen, choose }) {
  return html`<div class="row" role="option" id=${`neuron-${neuron}`} aria-selected=${chosen} data-neuron=${neuron}
    aria-setsize=${total} aria-posinset=${place + 1} style=${{ top: `${place * ROW}px` }} onClick=${() => choose(neuron)}>
    <span class="row-name">${model.names[neuron]}</span>
    <span class="row-note">${note ?? ""}</span>
    <span class="row-words"><span class="row-index">${neuron}</span>
      ${model.previews[neuron].map(([word, sign], i) => html`<span key=${i} class=${sign < 0 ? "low" : "high"}><i>${sign < 0 ? "−" : "+"}</i><bdi>${word}</bdi></span>`)}</span>
  </div>`;
}
