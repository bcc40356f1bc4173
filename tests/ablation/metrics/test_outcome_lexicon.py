"""Lines of a word and its label."""

from __future__ import annotations

import pytest

from fairseq_neurons.ablation.metrics.outcome_lexicon import read_lexicon
from fairseq_neurons.errors import InputError


def test_lexicon__ignores_words_of_several_labels(tmp_path):
    (tmp_path / "l").write_text("a\tpast\na\tpres\nmange\tpres\nmange\tpres\nmangé\tpast\n", encoding="utf-8")
    assert read_lexicon(tmp_path / "l") == {"mange": "pres", "mangé": "past"}
    for wrong in ("mange pres", "mange\t", "\tpres", "mange\tpres\tx", "a mangé\tpast", ""):
        (tmp_path / "l").write_text(f"a\tpast\n{wrong}\nb\tpast\n")
        with pytest.raises(InputError, match="l, line 2: expected a word, a tabulator and a label, not"):
            read_lexicon(tmp_path / "l")
