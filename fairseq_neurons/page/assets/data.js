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
    codes: unpacked(content.codes),
    digits: format.digits(127 * content.scale),
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

  // Base64 -> signed bytes.
  function unpacked(packed) {
    return Int8Array.from(atob(packed), (character) => character.charCodeAt(0));
  }

  return { models, model, text, words, sort, neuron };
})();
