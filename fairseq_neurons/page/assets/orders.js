// Orders of the list: by a ranking, by a property of the neurons, or by a search.
"use strict";

const { html, useState, useEffect, useMemo, useRef } = htmPreact;

// Orders by properties that the list has already loaded.
const PROPERTIES = {
  index: { title: "Index", values: (model) => model.names.map((_, index) => -index), note: () => "" },
  variance: { title: "Variance", values: (model) => model.variances, note: (value) => format.score(value) },
  identity: { title: "Explained by the word", values: (model) => model.identity, note: (value) => format.percent(value) },
};
const EMPTY = new Map();

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
