"""Print a neuron on a terminal: tables, and the sentences with its highest and lowest values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from tabulate import tabulate

from fairseq_neurons.inspection.findings import Findings, Standing
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_sentences import SentenceView
from fairseq_neurons.inspection.terminal_words import cut
from fairseq_neurons.statistics.colour_range import colour_range
from fairseq_neurons.statistics.strongest_sentences import strongest_sentences
from fairseq_neurons.statistics.word_types import TopWord
from fairseq_neurons.terminal_text import shown

# Labels in a table, and rankings of a probe's labels in a line.
LABELS, NAMED = 10, 3


def described(found: Findings, words: int, sentences: int, columns: int, painter: Painter | None) -> str:
    """All that is found of a neuron, as text.

    Args:
        found: what is described.
        words: how many top words of each kind.
        sentences: how many with the highest values, and how many with the lowest.
        columns: of the terminal.
        painter: colours the words of sentences; None writes values below them.
    """
    view = SentenceView(*colour_range(found.values), painter, columns)
    parts = [_head(found, view), _words(found, view, words)]
    parts += _sentences(found, view, sentences)
    parts += [_labels(found), _rankings(found), _probes(found), _neighbours(found)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(found: Findings, view: SentenceView) -> str:
    values, statistics, dump = found.values, found.statistics, found.known.dump
    spread = float(statistics.variance[0]) ** 0.5
    model, mask = shown(dump.manifest.checkpoint_sha256[:8]) or "unknown", shown(dump.manifest.mask)
    explained, by_chance = 100 * float(statistics.identity()[0]), 100 * statistics.by_chance
    return (
        f"{shown(dump.neurons.name(found.neuron))}, neuron {found.neuron} of {len(dump.neurons):,}; "
        f"model {model}, {len(dump):,} words of {shown(str(dump.path))}\n"
        f"values {view.signed(values.min())} to {view.signed(values.max())}, "
        f"mean {view.signed(float(statistics.mean[0]))}, standard deviation {view.signed(spread)[1:]}\n"
        f"which word it is explains {explained:.0f} % of the variance; by chance it would be {by_chance:.0f} %"
        + (f"\nrecorded while neurons were masked: {mask}" if mask else "")
    )


def _words(found: Findings, view: SentenceView, count: int) -> str:
    """The paper's Table 3, in all three orders, side by side."""
    statistics = found.statistics
    highest, lowest = statistics.by_mean(0, count), statistics.by_mean(0, count, lowest=True)
    by_share = statistics.by_share(0, count)
    rows = [
        [*_cells(high, view), *_cells(low, view), *_cells(share, view, by_share=True)]
        for high, low, share in zip_longest(highest, lowest, by_share)
    ]
    header = ["highest at", "mean", "times", "lowest at", "mean", "times", "varies with", "share", "times"]
    return _table(rows, header, ["left", "right", "right"] * 3)


def _cells(top: TopWord | None, view: SentenceView, by_share: bool = False) -> list[str]:
    if top is None:
        return ["", "", ""]
    number = f"{100 * top.share:+.1f} %" if by_share else view.signed(top.mean)
    return [cut(shown(top.word)), number, f"{top.count:,}"]


def _sentences(found: Findings, view: SentenceView, count: int) -> Iterator[str]:
    dump = found.known.dump
    for name, lowest in (("highest", False), ("lowest", True)) if count else ():
        chosen = strongest_sentences(found.values, dump.offsets, count, lowest)
        lines = [f"Sentences with the {name} values, by line of words.txt"]
        lines += [view.legend()] if view.painter and not lowest else []
        for s in chosen:
            values = found.values[dump.offsets[s] : dump.offsets[s + 1]]
            lines.append(f"  {s + 1}: {view.signed(values.min() if lowest else values.max())}")
            lines += view.lines(dump.sentences[s], values)
        yield "\n".join(lines)


def _labels(found: Findings) -> str:
    rows = [
        [
            *(shown(one.labels), cut(shown(one.label)), f"{one.auc:.3f}"),
            *("higher" if one.auc > 0.5 else "lower", f"{one.count:,}"),
        ]
        for one in found.detected[:LABELS]
    ]
    header = ["labels", "predicts best", "AUC", "value is", "words"]
    return _table(rows, header, ["left", "left", "right", "left", "right"])


def _rankings(found: Findings) -> str:
    rows = [
        [shown(one.ranking), f"{one.rank:,}", f"of {one.of:,}", f"{one.score:.4g}", shown(one.method)]
        for one in found.standings
    ]
    header = ["ranking", "rank", "", "score", "method"]
    return _table(rows, header, ["left", "right", "right", "right", "left"])


def _probes(found: Findings) -> str:
    rows = [[shown(probe), _named(standings)] for probe, standings in found.label_standings.items()]
    return _table(rows, ["probe", "rank for single labels"], ["left", "left"])


def _named(standings: Sequence[Standing]) -> str:
    return ", ".join(f"{cut(shown(one.ranking))} {one.rank:,}" for one in standings[:NAMED])


def _neighbours(found: Findings) -> str:
    rows = []
    for name, near in found.neighbours.items():
        neurons = found.known.others[name].neurons
        for index, rho in zip(near.indices[0].tolist(), near.correlations[0].tolist(), strict=True):
            rows.append([shown(name), shown(neurons.name(index)), index, f"{rho:+.3f}"])
    return (
        _table(rows, ["other model", "nearest neuron", "index", "rho"], ["left", "left", "right", "right"])
        if rows
        else ""
    )


def _table(rows: Sequence[Sequence[object]], header: Sequence[str], align: Sequence[str]) -> str:
    if not rows:
        return ""
    return tabulate(rows, header, tablefmt="simple", disable_numparse=True, colalign=align)
