"""Results as text: units, what numbers are of, and which cells are not to be trusted."""

from __future__ import annotations

from dataclasses import replace

from fairseq_neurons.probing.result_parts import LabelPair, OtherProbe
from fairseq_neurons.probing.study.study_tables import summary
from tests.probing.result_values import cell_of, results_of

COUNTS = {"NN": 3, "VB": 5}


def lines_of(**changes: object) -> list[str]:
    return summary(results_of(COUNTS, **changes)).splitlines()


def test_accuracies__say_of_what_they_are():
    accuracy, majority, *_ = lines_of(majority=0.811)
    assert accuracy.split(maxsplit=3)[1:3] == ["90.0", "%"] and accuracy.endswith("of 3,000 words with 2 labels")
    assert majority.split()[2:4] == ["81.1", "%"]
    assert majority.endswith("each word its most frequent training label; the probe is above it")
    assert lines_of(majority=0.95)[1].endswith("the probe is NOT above it")


def test_objective_and_weights__have_units():
    *_, objective, weights = lines_of(objective=2.56, gap=2.56 * 6.6e-4, nonzero=0.455, iterations=35)[:5]
    assert objective.split()[:2] == ["objective", "2.56000"]
    assert objective.endswith("nats a word, at most 0.066 % above the optimum, after 35 steps")
    assert weights.split()[3:5] == ["45.5", "%"] and weights.endswith("2 labels x 50 neurons")
    for gap in (None, 7.7):
        assert lines_of(gap=gap)[3].endswith("nats a word, at an unknown distance from the optimum, after 1 steps")
    assert lines_of(standardised=True)[4].endswith("neurons, divided by their standard deviation")


def other(count: int, pairs: tuple[LabelPair, ...]) -> OtherProbe:
    return OtherProbe(
        "other/probe.morph", "s", ("A", "B", "C"), 50, 10, ((count, 4, 0), (1, 2, 0)), ((2.0,) * 3,) * 2, pairs
    )


def test_pairs_of_another_probe__are_counted_and_explained():
    pairs = (LabelPair("NN", "A", 9, 2.0, ("encoder.0.fwd.1",)), LabelPair("NN", "B", 4, 2.0, ()))
    text = "\n".join(lines_of(against=(other(9, pairs),)))
    about = "Of 6 pairs of labels, 2 share at least 2 times as many of their first 10 neurons as chance expects"
    assert f"{about}; the 2 with the largest surplus:" in text and "A (probe.morph)" in text
    assert f"{about.replace('2 share', '1 share')}; the pair" in "\n".join(lines_of(against=(other(3, pairs[1:]),)))
    assert (
        lines_of(against=(replace(other(0, ()), counts=((0, 0, 0),) * 2),))[-1]
        == f"{about.replace('2 share', '0 share')}."
    )


def test_cells_far_from_their_optimum__are_marked():
    far = replace(cell_of(1e-6, 1e-6, 0.75), objective=0.01, gap=0.0077, converged=False)
    near = replace(cell_of(1e-6, 1e-2, 0.8), converged=True)
    *table, note = lines_of(grid=(far, near))[-4:]
    assert table[-1].split() == ["1e-06", "75.0*", "80.0"]
    assert note.startswith("* the objective may be up to 77 % above the optimum") and "standardise=true" in note
    assert "standardise=true" not in lines_of(grid=(far, near), standardised=True)[-1]
    for gap in (None, 0.077):
        unbounded = lines_of(grid=(replace(far, gap=gap), far, near))[-1]
        assert unbounded.startswith("* the objective is at an unknown distance from the optimum")
    assert "*" not in "".join(lines_of(grid=(cell_of(1e-6, 1e-6), near)))
