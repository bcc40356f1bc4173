"""Signatures of figures."""

from __future__ import annotations

from fairseq_neurons import __version__
from fairseq_neurons.figures.figure_signatures import signed, together


def test_signature__has_kind_settings_results_and_version():
    assert signed("bars", ["a:1|b:1"], top=50) == f"figure:bars|top:50|a:1|b:1|drawn-by:{__version__}"
    assert signed("bars", []) == f"figure:bars|drawn-by:{__version__}"


def test_common_settings__stay_and_the_digest_depends_on_all_results():
    first, second = together(["a:1|b:1", "a:1|b:2"]), together(["a:1|b:1", "a:1|b:3"])
    assert first.startswith("a:1|results:2|digest:") and second.startswith("a:1|results:2|digest:")
    assert first != second


def test_order_and_duplicates_of_results__do_not_matter():
    assert together(["b:2", "a:1", "b:2"]) == together(["a:1", "b:2"])
    assert together(["a:1", "a:1"]) == "a:1"
