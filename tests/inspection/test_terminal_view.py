"""A neuron on a terminal."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairseq_neurons.activations import Activations
from fairseq_neurons.inspection.findings import Known
from fairseq_neurons.inspection.inspection_sources import known_from
from fairseq_neurons.inspection.neuron_inspection import inspect_neuron
from fairseq_neurons.inspection.terminal_colours import Painter
from fairseq_neurons.inspection.terminal_view import described
from fairseq_neurons.terminal_text import shown
from tests.ablation.small_ablations import ranking
from tests.activations.small_dumps import write_dump
from tests.runs.made_runs import edit

SENTENCES = [["no", "dog"], ["no", "cat", "dog"], ["cat"]]
VALUES = np.array([[-1, 5], [0.5, 5], [-0.6, 5], [0, 5], [0.9, 5], [0.25, 5]], dtype=np.float32)
# Words as a dump can hold them.
WORDS = st.text(st.characters(exclude_characters=" \n", exclude_categories=["Cs"]), min_size=1, max_size=6)


@pytest.fixture
def dump(tmp_path) -> Activations:
    return Activations(write_dump(tmp_path / "dump", VALUES, sentences=SENTENCES))


def described_in(known: Known, neuron: int = 0, words: int = 3, painter: Painter | None = None) -> str:
    return described(inspect_neuron(known, neuron), words, 2, 80, painter)


def rows_of(text: str, header: str) -> list[list[str]]:
    """The cells of the table whose header begins so."""
    (table,) = [part for part in text.split("\n\n") if part.startswith(header)]
    return [re.split(r"  +", line.strip()) for line in table.splitlines()[2:]]


def test_head__has_range_mean_and_what_words_explain(dump):
    head = described_in(Known(dump)).split("\n\n")[0]
    assert head.startswith("encoder.0.fwd.0, neuron 0 of 2; model dumpdump, 6 words of ")
    assert "\nvalues -1.00 to +0.90, mean +0.01, standard deviation 0.64\n" in head
    statistics = inspect_neuron(Known(dump), 0).statistics
    explained = f"{100 * statistics.identity()[0]:.0f} % of the variance; by chance it would be 40 %"
    assert head.endswith(f"which word it is explains {explained}")


def test_head_of_a_dump_without_checksum__says_that_the_model_is_unknown(dump):
    edit(dump.path / "manifest.json", checkpoint_sha256="")
    assert "; model unknown, 6 words of " in described_in(Known(Activations(dump.path)))


def test_top_words__stand_side_by_side_with_their_signs(dump):
    text = described_in(Known(dump))
    statistics = inspect_neuron(Known(dump), 0).statistics
    shares = [f"{100 * top.share:+.1f} %" for top in statistics.by_share(0)]
    assert rows_of(text, "highest at") == [
        ["dog", "+0.70", "2", "no", "-0.80", "2", "no", shares[0], "2"],
        ["cat", "+0.12", "2", "cat", "+0.12", "2", "dog", shares[1], "2"],
        ["no", "-0.80", "2", "dog", "+0.70", "2", "cat", shares[2], "2"],
    ]


def test_sentences__are_the_strongest_with_their_values(dump):
    parts = described_in(Known(dump)).split("\n\n")
    assert parts[2].splitlines() == [
        "Sentences with the highest values, by line of words.txt",
        *("  2: +0.90", "    no    cat   dog", "    -0.60 +0.00 +0.90"),
        *("  1: +0.50", "    no    dog", "    -1.00 +0.50"),
    ]
    lowest = [
        "  1: -1.00",
        "    no    dog",
        "    -1.00 +0.50",
        "  2: -0.60",
        "    no    cat   dog",
        "    -0.60 +0.00 +0.90",
    ]
    assert parts[3].splitlines() == ["Sentences with the lowest values, by line of words.txt", *lowest]


def test_coloured_sentences__are_painted_by_the_largest_value_and_have_a_legend(dump):
    painter = Painter(True)
    text = described_in(Known(dump), painter=painter)
    assert f"  2: +0.90\n    {painter.paint('no', VALUES[2, 0])} cat {painter.paint('dog', VALUES[4, 0])}\n" in text
    assert text.count(painter.paint("-1.00", -1.0) + " ") == 1


def test_tables__hold_labels_ranks_and_neighbours(made_run):
    known = known_from(run=str(made_run))
    found = inspect_neuron(known, 2)
    text = described(found, 0, 0, 80, None)
    assert rows_of(text, "labels")[0][:3] == ["pos", "VERB", f"{found.detected[0].auc:.3f}"]
    assert rows_of(text, "labels")[0][3:] == ["higher", "20"]
    assert [row[0] for row in rows_of(text, "ranking")] == [one.ranking for one in found.standings]
    (probe,) = rows_of(text, "probe")
    assert probe[0] == "probes/pos" and probe[1].startswith("VERB 1, ")
    near, rows = found.neighbours["two"], rows_of(text, "other model")
    assert len(rows) == 6
    index, rho = int(near.indices[0, 0]), float(near.correlations[0, 0])
    assert ["two", f"encoder.0.fwd.{index}", str(index), f"{rho:+.3f}"] in rows
    assert "highest" not in text


def test_constant_neuron__has_no_word_that_it_varies_with(dump):
    text = described_in(Known(dump), neuron=1)
    assert "explains 0 % of the variance" in text and "values +5.00 to +5.00" in text
    assert [len(row) for row in rows_of(text, "highest at")] == [6, 6, 6]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(sentence=st.lists(WORDS, min_size=1, max_size=8), label=WORDS, painter=st.sampled_from([None, Painter(False)]))
def test_untrusted_text__reaches_the_terminal_spelled_out(tmp_path_factory, sentence, label, painter):
    values = np.linspace(-1, 1, len(sentence), dtype=np.float32)[:, None]
    dump = Activations(write_dump(tmp_path_factory.mktemp("d") / "a", values, sentences=[sentence]))
    labels = [label if i % 2 else "other" for i in range(len(sentence))]
    text = described_in(Known(dump, {label: labels}), words=9, painter=painter)
    plain = re.sub(r"\x1b\[48;5;\d+;38;5;\d+m|\x1b\[0m", "", text) if painter else text
    assert plain == "\n".join(map(shown, plain.split("\n")))


def test_mask__is_reported(dump):
    edit(dump.path / "manifest.json", mask="zero|neurons:1")
    head = described_in(Known(Activations(dump.path))).split("\n\n")[0]
    assert head.endswith("\nrecorded while neurons were masked: zero|neurons:1")


def test_names_of_files_and_neurons__are_spelled_out_too(dump, tmp_path):
    other = Activations(write_dump(tmp_path / "b", VALUES, sentences=SENTENCES))
    blocks = [{"module": "m\x1b", "layer": 0, "direction": "fwd", "size": 2}]
    for one in (dump, other):
        edit(one.path / "manifest.json", neurons=blocks, checkpoint_sha256="c\x1b", mask="k\x1b")
    folder, other = dump.path.rename(tmp_path / "red\x1b[31m"), Activations(other.path)
    ranks = ranking(1, other.neurons)
    known = Known(Activations(folder), {}, {"r\x1b": ranks}, {("p\x1b", "l\x1b"): ranks}, {"o\x1b": other})
    text = described_in(known)
    assert "\x1b" not in text
    assert all(name in text for name in (r"red\x1b[31m", *(rf"{c}\x1b" for c in "rplomck")))
