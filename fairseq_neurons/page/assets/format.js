// Numbers as text: explicit signs, and a true minus.
"use strict";

const format = (() => {
  const MINUS = "\u2212";

  function signed(value, digits = 2) {
    const text = Math.abs(value).toFixed(digits);
    if (Number(text) === 0) return text;
    return `${value < 0 ? MINUS : "+"}${text}`;
  }

  // Digits that distinguish a value from the largest one.
  function digits(largest) {
    return largest ? Math.max(2, 1 - Math.floor(Math.log10(largest))) : 2;
  }

  // A score of any magnitude with three digits.
  function score(value) {
    const size = Math.abs(value);
    const plain = size >= 100 ? size.toFixed(0) : size.toPrecision(3);
    const text = size === 0 ? "0" : size >= 0.001 && size < 1e6 ? plain : size.toExponential(1);
    return `${value < 0 ? MINUS : ""}${text}`;
  }

  // The class that colours a number by its sign as it is shown.
  function tone(text) {
    return { "+": "high", [MINUS]: "low" }[text[0]] ?? "";
  }

  // An area under the ROC curve, and on which side of the others the label lies.
  const area = (value) => `${value.toFixed(3)} ${value < 0.5 ? "low" : "high"}`;
  // A neuron's score in an order.
  const noted = (sort, value) => (sort.kind === "auc" ? area(value) : score(value));
  const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
  const share = (value) => `${signed(100 * value, 1)} %`;
  const count = (value) => value.toLocaleString("en");

  return { signed, digits, score, noted, tone, percent, share, count };
})();
