// Numbers as text: always with a sign where one can be, and a true minus.
"use strict";

const format = (() => {
  const MINUS = "\u2212";

  function signed(value, digits = 2) {
    const text = Math.abs(value).toFixed(digits);
    if (Number(text) === 0) return text;
    return `${value < 0 ? MINUS : "+"}${text}`;
  }

  // As many digits as a score needs, whatever its size.
  function score(value) {
    const size = Math.abs(value);
    const text = size === 0 || (size >= 0.001 && size < 1e5) ? Number(size.toPrecision(3)).toString() : size.toExponential(1);
    return `${value < 0 ? MINUS : ""}${text}`;
  }

  // The class that colours a number by its sign as it is shown.
  function tone(text) {
    return { "+": "high", [MINUS]: "low" }[text[0]] ?? "";
  }

  const percent = (share, digits = 1) => `${(100 * share).toFixed(digits)} %`;
  const share = (value) => `${signed(100 * value, 1)} %`;
  const count = (value) => value.toLocaleString("en");

  return { signed, score, tone, percent, share, count };
})();
