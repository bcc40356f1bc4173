// Light or dark, before anything is drawn: what the reader chose last, or what the system prefers.
"use strict";

const theme = (() => {
  const KEY = "fairseq-neurons-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // A browser may forbid a page from the disk to keep anything.
  function remembered() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  }

  function show(name) {
    document.documentElement.dataset.theme = name;
  }

  function current() {
    return document.documentElement.dataset.theme;
  }

  function toggle() {
    const name = current() === "dark" ? "light" : "dark";
    show(name);
    try {
      localStorage.setItem(KEY, name);
    } catch {
      // It is forgotten with the page.
    }
  }

  show(remembered() ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => remembered() ?? show(system.matches ? "dark" : "light"));
  return { toggle, current };
})();
