"""Probes as tables: how well labels are told, by how many neurons, and which labels share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.page.html_tables import DASH, Cell, Table, interval, percent, row
from fairseq_neurons.page.neuron_orders import short_name
from fairseq_neurons.runs.damaged_results import reading
from fairseq_neurons.runs.run_folder import Model, Probe

KINDS = {"mask": "masked out", "retrain": "trained again"}
MOST_SHARED = 20

Link = Callable[[str], str]


@dataclass(frozen=True)
class SharedNeurons:
    """Neurons that labels share.

    Args:
        probe: name of the probe.
        against: of the other probe; empty for labels of one.
        top: how many first neurons of each label are compared.
        pairs: label, label, number shared, number expected, the neurons.
        most: neurons that are in the tops of many labels.
    """

    probe: str
    against: str
    top: int
    pairs: list[tuple[str, str, int, str, list[Cell]]]
    most: list[tuple[Cell, int]]


def accuracy_table(model: Model) -> Table:
    """A row a probe (Table 1), with bootstrap intervals."""
    rows = []
    for name, probe in model.probes.items():
        with reading(probe.path):
            rows.append(row(short_name(name), _accuracy(probe.results)))
    header = ["Labels", "Accuracy", "Majority", "Selectivity", "Words", "Classes", "Gap"]
    note = "Percent of the test words, with 95 % intervals; the gap bounds how far a probe is from its optimum."
    return Table("How well labels are told from the states", header, rows, note)


def _accuracy(told: dict[str, Any]) -> list[str | Cell]:
    between = told.get("selectivity_interval") or {}
    return [
        Cell(percent(told["accuracy"]), interval(told.get("low"), told.get("high"), 100)),
        percent(told["majority"]),
        Cell(percent(told["selectivity"]), interval(between.get("low"), between.get("high"), 100)),
        f"{told['test_words']:,}",
        str(len(told["labels"])),
        f"{told['gap'] / told['objective']:.1e}" if told["gap"] is not None and told["objective"] else DASH,
    ]


def subset_table(probe: Probe) -> Table:
    """Accuracy with some of the neurons (Tables 2, 4, 5 and 6); random ones as the mean of their draws."""
    entries = probe.results["ablation"]
    rows = []
    for kind, title in KINDS.items():
        for fraction in sorted({entry["fraction"] for entry in entries if entry["kind"] == kind}):
            chosen = [entry for entry in entries if entry["kind"] == kind and entry["fraction"] == fraction]
            kept = [_mean(chosen, keep) for keep in ("top", "bottom", "random")]
            rows.append(row(f"{percent(fraction, 0)} %, others {title}", kept))
    return Table(f"Accuracy with some of the neurons ({short_name(probe.name)})", ["Kept", *_KEPT], rows)


_KEPT = ("Top", "Bottom", "Random")


def label_table(probe: Probe, link: Link) -> Table:
    """Scores of every label, and how many neurons hold a share of its weights (Figure 6), the first of them named."""
    told = probe.results
    mass, focus = next(iter(told["focus"].items()), ("0", {}))
    rows = [
        row(
            label,
            [
                *(percent(told["label_scores"].get(label, {}).get(name)) for name in ("precision", "recall", "f1")),
                f"{told['label_scores'].get(label, {}).get('support', 0):,}",
                str(focus.get(label, DASH)),
                _first(told["salient"].get(label, []), link),
            ],
        )
        for label in told["labels"]
    ]
    header = [
        "Label",
        "Precision",
        "Recall",
        "F1",
        "Words",
        f"Neurons with {percent(float(mass), 0)} % of mass",
        "First",
    ]
    return Table(f"Labels ({short_name(probe.name)})", header, rows)


def shared_neurons(model: Model, probe: Probe, link: Link) -> list[SharedNeurons]:
    """Within a probe, and across those that it was compared with."""
    with reading(probe.path):
        name, within = short_name(probe.name), probe.results["shared"]
        own = SharedNeurons(name, "", within["top"], _pairs(within["pairs"], link), _most(model, within, link))
        found = [
            # Two labels have the same weights but for the sign: they share all neurons.
            *([own] if len(probe.results["labels"]) > 2 else []),
            *(
                SharedNeurons(
                    name, short_name(other["probe"].rstrip("/")), other["top"], _pairs(other["pairs"], link), []
                )
                for other in probe.results["against"]
            ),
        ]
    return [shared for shared in found if shared.pairs or shared.most]


def _most(model: Model, within: dict[str, Any], link: Link) -> list[tuple[Cell, int]]:
    names = [(model.neurons.name(most["neuron"]), most["labels"]) for most in within["most_shared"][:MOST_SHARED]]
    return [(Cell(name, "", link(name)), labels) for name, labels in names]


def _pairs(pairs: Sequence[dict[str, Any]], link: Link) -> list[tuple[str, str, int, str, list[Cell]]]:
    return [
        (
            pair["a"],
            pair["b"],
            pair["count"],
            f"{pair['expected']:.1f}",
            [Cell(name, "", link(name)) for name in pair["neurons"]],
        )
        for pair in pairs
    ]


def _mean(entries: Sequence[dict[str, Any]], keep: str) -> Cell:
    found = [entry for entry in entries if entry["keep"] == keep]
    if not found:
        return Cell(DASH)
    mean = sum(entry["accuracy"] for entry in found) / len(found)
    ends = interval(found[0].get("low"), found[0].get("high"), 100) if len(found) == 1 else f"{len(found)} draws"
    return Cell(percent(mean), ends)


def _first(names: Sequence[str], link: Link) -> Cell:
    return Cell(names[0], "", link(names[0])) if names else Cell(DASH)
