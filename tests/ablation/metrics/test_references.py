"""What hypotheses are compared with."""

from __future__ import annotations

import pytest

from fairseq_neurons.ablation.metrics.references import references_of
from fairseq_neurons.errors import InputError


def test_unknown_words_of_the_references__are_counted_and_text_takes_their_place(tmp_path, caplog):
    targets = ["a <<unk>> b", "<<unk>> <<unk>>"]
    assert references_of(None, "test", targets) == targets
    assert "3 words of the references are unknown" in caplog.text and "reference=FILE" in caplog.text
    caplog.clear()
    (tmp_path / "text").write_text("a x b\ny z\n")
    assert references_of(str(tmp_path / "text"), "test", targets) == ["a x b", "y z"]
    assert references_of(None, "test", ["a", "b"]) == ["a", "b"]
    assert not caplog.text


def test_reference_of_another_length__is_refused(tmp_path):
    (tmp_path / "text").write_text("a\n")
    with pytest.raises(InputError, match="text has 1 lines, test 2 sentences."):
        references_of(str(tmp_path / "text"), "test", ["a", "b"])
