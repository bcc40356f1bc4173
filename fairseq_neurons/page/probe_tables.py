"""Probes as tables: how well labels are predicted, by how many neurons, and which labels share them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fairseq_neurons.page.html_tables import DASH, Cell, Table, interval, percent, row
from fairseq_neurons.page.neuron_orders import short_name
from fairseq_neurons.probing.ablation_table import KEEPS, AblationCell, AblationTable
from fairseq_neurons.probing.probe_results import ProbeResults
from fairseq_neurons.probing.result_parts import Interval, LabelPair, SharedWithin
from fairseq_neurons.runs.run_folder import Model, Probe

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
        rows.append(row(short_name(name), _accuracy(probe.results)))
    header = ["Labels", "Accuracy", "Majority", "Selectivity", "Words", "Classes", "Gap"]
    note = "Percent of the test words, with 95 % intervals; the gap bounds how far a probe is from its optimum."
    return Table("Probing accuracy", header, rows, note)


def _accuracy(results: ProbeResults) -> list[str | Cell]:
    of_selectivity = results.selectivity_interval or Interval(None, None)
    return [
        Cell(percent(results.accuracy), interval(results.low, results.high, 100)),
        percent(results.majority),
        Cell(percent(results.selectivity), interval(of_selectivity.low, of_selectivity.high, 100)),
        f"{results.test_words:,}",
        str(len(results.labels)),
        f"{results.gap / results.objective:.1e}" if results.gap is not None and results.objective else DASH,
    ]


def subset_table(probe: Probe) -> Table:
    """Accuracy with a subset of the neurons (Tables 2, 4, 5 and 6); for random subsets, the mean over the draws."""
    rows = [
        row(f"{percent(line.fraction, 0)} %, {line.title}", map(_cell, line.cells.values()))
        for line in AblationTable(probe.results.ablation).lines()
    ]
    header = ["Kept", *(keep.capitalize() for keep in KEEPS)]
    return Table(f"Accuracy with a subset of the neurons ({short_name(probe.name)})", header, rows)


def label_table(probe: Probe, link: Link) -> Table:
    """Scores of every label; the number of neurons that hold a share of its weights (Figure 6), and the first one."""
    results = probe.results
    mass, focus = next(iter(results.focus.items()), ("0", {}))
    rows = []
    for label in results.labels:
        scores = results.label_scores[label]
        shares = map(percent, (scores.precision, scores.recall, scores.f1))
        count, first = str(focus.get(label, DASH)), _first(results.salient.get(label, ()), link)
        rows.append(row(label, [*shares, f"{scores.support:,}", count, first]))
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
    """Neurons shared between labels of a probe, and with the labels of the probes that it was compared with."""
    name, within = short_name(probe.name), probe.results.shared
    own = SharedNeurons(name, "", within.top, _pairs(within.pairs, link), _most(model, within, link))
    found = [
        # The weights of two labels differ only in sign: they share all neurons.
        *([own] if len(probe.results.labels) > 2 else []),
        *(
            SharedNeurons(name, short_name(other.probe.rstrip("/")), other.top, _pairs(other.pairs, link), [])
            for other in probe.results.against
        ),
    ]
    return [shared for shared in found if shared.pairs or shared.most]


def _most(model: Model, within: SharedWithin, link: Link) -> list[tuple[Cell, int]]:
    names = [(model.neurons.name(most.neuron), most.labels) for most in within.most_shared[:MOST_SHARED]]
    return [(Cell(name, "", link(name)), labels) for name, labels in names]


def _pairs(pairs: Sequence[LabelPair], link: Link) -> list[tuple[str, str, int, str, list[Cell]]]:
    return [
        (
            pair.a,
            pair.b,
            pair.count,
            f"{pair.expected:.1f}",
            [Cell(name, "", link(name)) for name in pair.neurons],
        )
        for pair in pairs
    ]


def _cell(found: AblationCell) -> Cell:
    """The accuracy, with its interval, or as the mean over random subsets with their number."""
    if len(found.rows) == 1:
        return Cell(percent(found.mean), interval(found.rows[0].low, found.rows[0].high, 100))
    return Cell(percent(found.mean), f"{len(found.rows)} draws" if found.rows else "")


def _first(names: Sequence[str], link: Link) -> Cell:
    return Cell(names[0], "", link(names[0])) if names else Cell(DASH)
