"""The page of a large run: writing it, and its response times in Chromium.

python -m benchmarks.report [--neurons 2000] [--sentences 5000] [--rounds 5] [--keep FOLDER]

Every neuron and search is new to the browser: nothing is measured twice from memory. Times end when the browser has
drawn what was asked for.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from fairseq_neurons.activations import ActivationWriter, Manifest
from fairseq_neurons.activations.writer import human_bytes
from fairseq_neurons.neurons import Block, Neurons
from fairseq_neurons.page import write_report
from fairseq_neurons.rankings.cross_model import correlate

WORDS, VOCABULARY = 13, 8000
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
# Resolves when the frame that shows the last change has been drawn.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def write_dump(out: Path, neurons: int, sentences: int, seed: int) -> None:
    """States that depend on the word, as in a trained model; word frequencies follow Zipf's law."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(VOCABULARY, neurons)).astype(np.float32)
    words = np.minimum(np.random.default_rng(0).zipf(1.3, size=(sentences, WORDS)) - 1, VOCABULARY - 1)
    manifest = Manifest(
        neurons=Neurons.of(Block("encoder", layer, d, neurons // 4) for layer in (0, 1) for d in ("fwd", "bwd")),
        **{"words": words.size, "sentences": sentences, "skipped": 0, "dtype": "float16", "pooling": "last"},
        **{"subwords": "words", "eos": False, "checkpoint_sha256": str(seed) * 64, "data": "random", "subset": ""},
    )
    with ActivationWriter(out, manifest, np.arange(0, words.size + 1, WORDS)) as writer:
        for s, sentence in enumerate(words):
            writer.write(s, np.tanh(means[sentence] + rng.normal(size=(WORDS, neurons)).astype(np.float32)))
        writer.commit([" ".join(f"word{word}" for word in sentence) for sentence in words])


def write_run(run: Path, neurons: int, sentences: int) -> None:
    """Two models and a ranking."""
    dumps = [run / "activations" / name for name in "12"]
    for seed, dump in enumerate(dumps, start=1):
        write_dump(dump, neurons, sentences, seed)
    correlate(dumps).save(run / "rankings" / "max.json")


class Reader:
    """A browser window that measures how long views take to be drawn."""

    def __init__(self, page: Any, index: Path) -> None:
        self.page, self.address = page, index.as_uri()

    def open(self, view: str, shown: str) -> float:
        """Seconds from a new window's start of loading to a drawn view."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.address}{view}", wait_until="commit")
        self.page.wait_for_selector(shown)
        self.page.evaluate(DRAWN)
        return self.page.evaluate("performance.now()") / 1000

    def act(self, action: str, done: str) -> float:
        """Seconds from an action in the page, JavaScript, to a drawn state in which ``done`` is true."""
        return self.page.evaluate(f"""async () => {{
            const start = performance.now();
            {action};
            while (!({done})) await {DRAWN};
            await {DRAWN};
            return (performance.now() - start) / 1000;
        }}""")

    def search(self, query: str, result: str) -> float:
        typed = "box.dispatchEvent(new Event('input', { bubbles: true }))"
        action = f"const box = document.getElementById('search'); box.value = '{query}'; {typed}"
        return self.act(action, f"document.querySelector('.results').textContent.includes('{result}')")

    def sort(self, key: str) -> float:
        typed = "box.dispatchEvent(new Event('change', { bubbles: true }))"
        first = "document.querySelector('.row').dataset.neuron"
        action = f"const before = {first}; const box = document.querySelector('.sort'); box.value = '{key}'; {typed}"
        return self.act(action, f"{first} !== before")

    def neuron(self, index: int) -> float:
        drawn = f"article.neuron[data-neuron='{index}'] .heatmap .word"
        return self.act(f"location.replace('#/model/1/neuron/{index}')", f'document.querySelector("{drawn}")')


def measure(reader: Reader, rounds: int, neurons: int) -> dict[str, list[float]]:
    """Seconds of every round, by action."""
    steps: dict[str, Callable[[int], float]] = {
        "open the overview": lambda i: reader.open("#/", "h1"),
        "open the list of neurons": lambda i: reader.open("#/model/1", ".row"),
        "open a neuron by its address": lambda i: reader.open(f"#/model/1/neuron/{i}", ".heatmap .word"),
        "go to another neuron": lambda i: reader.neuron(neurons // 2 + i),
        "sort by variance": lambda i: reader.sort("variance"),
        "sort by a ranking": lambda i: reader.sort("0"),
        "search for a first word": lambda i: reader.search("word1", "word1”"),
        "search for another word": lambda i: reader.search(f"word{20 + i}", f"word{20 + i}”"),
        "search for names": lambda i: reader.search("encoder.1.bwd.*", "Names"),
    }
    return {name: times for name, times in _in_turn(steps, rounds)}


def _in_turn(steps: dict[str, Callable[[int], float]], rounds: int) -> list[tuple[str, list[float]]]:
    times = [{name: step(i) for name, step in steps.items()} for i in range(rounds)]
    return [(name, [one[name] for one in times]) for name in steps]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--neurons", type=int, default=2000)
    parser.add_argument("--sentences", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder in which to keep the page")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_run(Path(folder) / "run", options.neurons, options.sentences)
        start = time.perf_counter()
        index = write_report(Path(folder) / "run", options.keep or Path(folder) / "page")
        print(f"2 models x {options.neurons} neurons x {options.sentences} sentences of {WORDS} words")
        print(f"written in {time.perf_counter() - start:.0f} s")
        sizes = [path.stat().st_size for path in index.parent.rglob("*") if path.is_file()]
        print(
            f"{human_bytes(sum(sizes))} in {len(sizes)} files, index.html {human_bytes(index.stat().st_size)}",
            flush=True,
        )
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            reader = Reader(browser.new_page(viewport={"width": 1440, "height": 900}), index)
            for name, times in measure(reader, options.rounds, options.neurons).items():
                print(f"{name}: {statistics.median(times):.2f} s (max {max(times):.2f})")
            browser.close()


if __name__ == "__main__":
    main()
