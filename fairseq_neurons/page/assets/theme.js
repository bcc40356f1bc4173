// Light or dark theme, set before the page is drawn: the reader's last choice, or the system's preference.
"use strict";

const theme = (() => {
  const KEY = "fairseq-neurons-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");

  // Browsers may deny local storage to a page opened from disk.
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
      // The choice is lost when the page is closed.
    }
  }

  show(remembered() ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => remembered() ?? show(system.matches ? "dark" : "light"));
  return { toggle, current };
})();
