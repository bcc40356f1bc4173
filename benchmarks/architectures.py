"""Every architecture: our search against fairseq's, masked against unmasked, dumping against not, ``extract`` alone.

python -m benchmarks.architectures NAME CHECKPOINT DATA [NAME CHECKPOINT DATA …] [--out FILE] [--sentences 300]
    [--rounds 3] [--clock cpu|wall] [--profile]

Prints a table and writes the same as JSON. A language model scores its sentences where a translation model translates.
On a machine with other work, ``--clock cpu`` counts the seconds that the process computes; use one thread with it.
"""

from __future__ import annotations

import argparse
import json
import logging
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from fairseq.data import LanguagePairDataset
from fairseq.sequence_generator import SequenceGenerator

from benchmarks.decoding import equal, hypotheses, where_time_goes
from benchmarks.timing import paired, report
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import masked, neurons_of, recorded
from fairseq_neurons.plugin.architectures import adapter_for
from fairseq_neurons.plugin.checkpoints import Loaded, load_checkpoint
from fairseq_neurons.plugin.dataset_sentences import sentences_of
from fairseq_neurons.plugin.dataset_subsets import batches_of, load_subset
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.extraction import dump_batches, read_side, run_layers

GOALS = {"search": "at least 1.6", "masked": "at most 1.05", "dumping": "at most 1.10", "extract": "at least 0.9"}
CLOCKS = {"cpu": time.process_time, "wall": time.perf_counter}
MAX_TOKENS = 12000  # the default of fairseq-generate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="+", metavar="NAME CHECKPOINT DATA")
    parser.add_argument("--subset", default="test")
    parser.add_argument("--sentences", type=int, default=300, help="number of first sentences of the subset")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    rows = []
    for name, checkpoint, data in zip(*(options.models[i::3] for i in range(3)), strict=True):
        print(f"{name}:", flush=True)
        bench = Bench(load_checkpoint(checkpoint, data), options)
        rows.append({"model": name, **bench.measured()})
        if options.profile and bench.translates:
            where_time_goes(bench.loaded, bench.samples)
        if options.out:
            settings = {"threads": torch.get_num_threads(), "clock": options.clock, "rounds": options.rounds}
            options.out.write_text(json.dumps({**settings, "goals": GOALS, "rows": rows}, indent=1) + "\n")
    print_table(rows)


class Bench:
    """The measurements of one model."""

    def __init__(self, loaded: Loaded, options: argparse.Namespace) -> None:
        self.loaded, self.rounds, self.clock = loaded, options.rounds, CLOCKS[options.clock]
        self.dataset = load_subset(loaded.task, options.subset)
        self.translates = isinstance(self.dataset, LanguagePairDataset)
        kept = [b[b < options.sentences] for b in batches_of(loaded, self.dataset, MAX_TOKENS)]
        self.batches = [batch for batch in kept if len(batch)]
        self.samples = [self.dataset.collater([self.dataset[int(i)] for i in batch]) for batch in self.batches]

    def measured(self) -> dict[str, Any]:
        """All ratios, each with its smallest and largest."""
        search = self.search() if self.translates else {}
        return {
            "neurons": str(neurons_of(self.loaded.model)),
            **search,
            **self.masking(),
            **self.dumping(),
            **self.extraction(),
        }

    def compare(self, what: str, ours: Callable[[], object], peer: Callable[[], object]) -> list[float]:
        """Time both and print it; returns the ratio of every round."""
        first, second, ratios = paired(ours, peer, self.rounds, self.clock)
        report(f"  {what}", first, second, ratios)
        return ratios

    def search(self) -> dict[str, Any]:
        """fairseq's search by ours, beam 5, over the same model, and how many n-best lists are equal."""
        made: dict[str, list[list[dict]]] = {}

        def run(name: str, kind: type[SequenceGenerator]) -> None:
            generator = kind([self.loaded.model], self.loaded.task.target_dictionary, 5)
            made[name] = hypotheses(generator, self.samples)

        ratios = self.compare(
            "fairseq's search / ours",
            lambda: run("theirs", SequenceGenerator),
            lambda: run("ours", SharedStatesGenerator),
        )
        same = equal(made["ours"], made["theirs"])
        words = sum(len(found[0]["tokens"]) for found in made["ours"])
        print(f"  {same} of {len(made['ours'])} n-best lists are equal; {words / len(made['ours']):.1f} words each")
        return {"search": spread(ratios), "equal": same, "sentences": len(made["ours"])}

    def run(self, after: Callable[[dict], None] = lambda sample: None) -> int:
        """Translate or score all batches; returns how many words this made."""
        model, words = self.loaded.model, 0
        generator = SharedStatesGenerator([model], self.loaded.task.target_dictionary, 5) if self.translates else None
        for sample in self.samples:
            if generator is None:
                words += adapter_for(model).log_probs(sample).numel()
            else:
                words += sum(len(found[0]["tokens"]) for found in hypotheses(generator, [sample]))
            after(sample)
        return words

    def masking(self) -> dict[str, Any]:
        """Every tenth neuron at its mean, which hardly changes the lengths of translations; ratios are per word."""
        model, made = self.loaded.model, {}
        neurons = neurons_of(model)
        with recorded(model) as recorder:
            run_layers(model, self.samples[0])
            means = np.concatenate(recorder.take_sentences(self.samples[0])).mean(axis=0)
        mask = Mask.of(neurons, np.arange(0, len(neurons), 10), "mean", means=means)

        def run_masked() -> None:
            with masked(model, mask):
                made["masked"] = self.run()

        def run_free() -> None:
            made["free"] = self.run()

        ratios = self.compare("masked / unmasked", run_masked, run_free)
        return {"masked": spread([ratio * made["free"] / made["masked"] for ratio in ratios])}

    def dumping(self) -> dict[str, Any]:
        """The default states, written to disk while the model translates or scores."""

        def run_dumping() -> None:
            with recorded(self.loaded.model) as recorder, self.dump(recorder) as dump:
                self.run(dump.add)

        return {"dumping": spread(self.compare("dumping / not dumping", run_dumping, self.run))}

    def extraction(self) -> dict[str, Any]:
        """The layers alone on prepared batches, by all that ``extract`` does once the model is loaded."""
        source = read_side(self.dataset, self.loaded.task, "source")

        def run_extract() -> None:
            with recorded(self.loaded.model) as recorder, self.dump(recorder) as dump:
                dump_batches(self.loaded, source, self.batches, dump)

        def run_bare() -> None:
            for sample in self.samples:
                run_layers(self.loaded.model, sample)

        return {"extract": spread(self.compare("layers / extract", run_bare, run_extract))}

    def dump(self, recorder: Any) -> Dump:
        """Of the sentences of the batches, in a folder that is removed when the process ends."""
        folder = tempfile.TemporaryDirectory()
        sentences = sentences_of(self.dataset, self.loaded.task.source_dictionary)
        dump = Dump(Path(folder.name) / "a", sentences, np.concatenate(self.batches), recorder, Provenance("", "", ""))
        dump.folder = folder  # type: ignore[attr-defined]
        return dump


def spread(ratios: list[float]) -> list[float]:
    """Median, smallest and largest."""
    return [round(ratio, 3) for ratio in (statistics.median(ratios), min(ratios), max(ratios))]


def print_table(rows: list[dict[str, Any]]) -> None:
    """As Markdown, for docs/benchmarks.md."""
    columns = (
        "fairseq's search / ours",
        "n-best lists equal",
        "masked / unmasked",
        "dumping / not",
        "layers / extract",
    )
    print(f"\n| | {' | '.join(columns)} |")
    print("|---|---|---|---|---|---|")
    print(f"| goal | {GOALS['search']} | all | {GOALS['masked']} | {GOALS['dumping']} | {GOALS['extract']} |")
    for row in rows:
        cells = [_cell(row.get(name)) for name in ("search", "masked", "dumping", "extract")]
        same = f"{row['equal']} of {row['sentences']}" if "equal" in row else ""
        print(f"| {row['model']} | {cells[0]} | {same} | {' | '.join(cells[1:])} |")


def _cell(found: list[float] | None) -> str:
    return "" if found is None else "{:.3f} ({:.3f} to {:.3f})".format(*found)


if __name__ == "__main__":
    main()
