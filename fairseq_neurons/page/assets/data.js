// Data: scripts that register their content under a key, loaded on demand.
// A page opened from disk can neither fetch files nor load modules, only classic scripts.
"use strict";

const report = (() => {
  const KEPT = 60; // neurons in memory; each is the size of the text
  const contents = new Map();
  const promises = new Map();

  function add(key, content) {
    contents.set(key, content);
  }

  function request(key) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `data/${key}.js`;
      script.onload = () => {
        script.remove();
        contents.has(key) ? resolve(contents.get(key)) : reject(new Error(`data/${key}.js is damaged.`));
        contents.delete(key);
      };
      script.onerror = () => {
        script.remove();
        promises.delete(key);
        reject(new Error(`data/${key}.js is missing: has the folder been moved as a whole?`));
      };
      document.head.append(script);
    });
  }

  function forgetOldest() {
    const neurons = [...promises.keys()].filter((key) => key.includes("/neuron/"));
    neurons.slice(0, Math.max(0, neurons.length - KEPT)).forEach((key) => promises.delete(key));
  }

  // The content of data/KEY.js, transformed once by `prepare`.
  function load(key, prepare = (content) => content) {
    if (!promises.has(key)) promises.set(key, request(key).then(prepare));
    const promise = promises.get(key);
    forgetOldest();
    return promise;
  }

  return { add, load };
})();

// The interface for the other scripts.
const data = (() => {
  const models = () => report.load("models");
  const model = (number) => report.load(`${number}/model`, (content) => ({ ...content, number, names: names(content) }));
  const text = (number) => report.load(`text/${number}`, withOffsets);
  const words = (number) => report.load(`${number}/words`, withIndex);
  const sort = (number, index) => report.load(`${number}/sort/${index}`);
  const neuron = (number, index) => report.load(`${number}/neuron/${index}`, (content) => ({
    ...content,
    index,
    ...coloured(unpacked(content.codes), content.scale),
  }));

  function names(content) {
    return content.blocks.flatMap(([block, size]) => Array.from({ length: size }, (_, unit) => `${block}.${unit}`));
  }

  function withOffsets(content) {
    const offsets = [0];
    content.lengths.forEach((length, i) => offsets.push(offsets[i] + length));
    return { ...content, offsets };
  }

  function withIndex(content) {
    return { ...content, places: new Map(content.words.map((word, place) => [word, place])) };
  }

  // The codes at which colours end: of a saturated neuron, far from zero at nearly all words, its own range, as in
  // statistics/colour_range.py; otherwise the largest value on both sides of zero.
  function coloured(codes, scale) {
    const sorted = codes.slice().sort();
    const [low, high] = [0.05, 0.95].map((part) => sorted[Math.round(part * (sorted.length - 1))] ?? 0);
    const [near, far] = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
    const own = low * high > 0 && low < high && 2 * near >= far;
    const ends = own ? { low, high } : { low: -127, high: 127 };
    return { codes, own, ...ends, digits: format.digits(((ends.high - ends.low) / 2) * scale) };
  }

  // Base64 -> signed bytes.
  function unpacked(packed) {
    return Int8Array.from(atob(packed), (character) => character.charCodeAt(0));
  }

  return { models, model, text, words, sort, neuron };
})();
