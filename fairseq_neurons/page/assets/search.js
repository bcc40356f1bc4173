// Search: the possible meanings of a query, as lists of neurons.
// A meaning is {title, ordered, neurons, notes}. Notes (by neuron) explain the match; ordered means best matches first.
"use strict";

const search = (() => {
  const MOST_WORDS = 8; // completions of a prefix

  async function meanings(query, model) {
    const asked = query.trim();
    if (!asked) return [];
    const found = [byIndex(asked, model), byName(asked, model)];
    found.push(...(await byLabel(asked, model)));
    found.push(byWord(asked, await data.words(model.number)));
    return found.filter((meaning) => meaning !== null);
  }

  // 1902
  function byIndex(asked, model) {
    if (!/^\d+$/.test(asked) || Number(asked) >= model.names.length) return null;
    return plain(`Neuron ${Number(asked)}`, [Number(asked)]);
  }

  // encoder.1.bwd.402, encoder.1.*, or a part of a name; several are separated by commas.
  function byName(asked, model) {
    const patterns = asked.split(",").map((part) => part.trim()).filter((part) => part && !/^\d+$/.test(part)).map(pattern);
    const neurons = model.names.flatMap((name, index) => (patterns.some((one) => one.test(name)) ? [index] : []));
    return neurons.length ? plain(`Names with “${asked}”`, neurons) : null;
  }

  // With * or ?, matches a whole name; otherwise, consecutive parts of a name.
  function pattern(part) {
    const escaped = part.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
    return new RegExp(/[*?]/.test(part) ? `^${escaped}$` : `(^|\\.)${escaped}(\\.|$)`);
  }

  function plain(title, neurons) {
    return { title, ordered: false, neurons, notes: new Map() };
  }

  // pos:NN, or NN in every set that has it.
  async function byLabel(asked, model) {
    const fits = (sort) => sort.label && (asked === sort.label || asked === `${sort.name}:${sort.label}`);
    const found = model.sorts.map((sort, index) => ({ ...sort, index })).filter(fits);
    found.sort((a, b) => (a.kind === "auc" ? 0 : 1) - (b.kind === "auc" ? 0 : 1));
    return Promise.all(found.map((sort) => labelMeaning(sort, model)));
  }

  async function labelMeaning(sort, model) {
    const { order, scores } = await data.sort(model.number, sort.index);
    const how = sort.kind === "auc" ? "predicted best (AUC)" : `ranking (${sort.method})`;
    const notes = new Map(order.map((neuron, place) => [neuron, format.noted(sort, scores[place])]));
    return { title: `Label ${sort.name}:${sort.label}, ${how}`, ordered: true, neurons: order, notes };
  }

  // not
  function byWord(asked, words) {
    const places = wordPlaces(asked, words);
    if (!places.length) return null;
    const best = new Map();
    let held = false;
    for (const place of places) {
      for (const hit of hitsOf(words.hits[place])) {
        held ||= hit.top;
        const earlier = best.get(hit.neuron);
        if (!earlier || Math.abs(earlier.share) < Math.abs(hit.share)) best.set(hit.neuron, { ...hit, place });
      }
    }
    return wordMeaning(places, words, [...best.values()].filter((hit) => hit.top || !held), held);
  }

  function wordMeaning(places, words, hits, held) {
    hits.sort((a, b) => Math.abs(b.share) - Math.abs(a.share) || a.neuron - b.neuron);
    const spelled = places.map((place) => words.words[place]);
    const several = spelled.length > 1;
    const note = (hit) => `${several ? `${words.words[hit.place]} ` : ""}${format.share(hit.share)}`;
    return {
      title: `${several ? "Words" : "Word"} ${spelled.map((word) => `“${word}”`).join(", ")}`,
      explained: held ? "one of their top words" : "not a top word of any neuron; these vary most with it",
      ordered: true,
      neurons: hits.map((hit) => hit.neuron),
      notes: new Map(hits.map((hit) => [hit.neuron, note(hit)])),
    };
  }

  // Words with this spelling, or else ignoring case, or else with this prefix.
  function wordPlaces(asked, words) {
    if (words.places.has(asked)) return [words.places.get(asked)];
    const lower = asked.toLowerCase();
    const all = words.words.map((word, place) => [word.toLowerCase(), place]);
    const same = all.filter(([word]) => word === lower);
    const found = same.length ? same : all.filter(([word]) => word.startsWith(lower));
    return found.slice(0, MOST_WORDS).map(([, place]) => place);
  }

  function hitsOf(flat) {
    return Array.from({ length: flat.length / 3 }, (_, i) => ({
      neuron: flat[3 * i],
      share: flat[3 * i + 1],
      top: flat[3 * i + 2] === 1,
    }));
  }

  return { meanings };
})();
