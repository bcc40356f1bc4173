"""Names of files."""

from __future__ import annotations

import pytest

from fairseq_neurons.probing.label_file_names import file_name


@pytest.mark.parametrize(("label", "name"), [("NN", "NN"), ("N/A", "N%2FA"), ("100%", "100%25"), ("É", "É")])
def test_label__is_part_of_a_file_name(label, name):
    assert file_name(label) == name


def test_long_labels__are_cut_and_stay_apart(tmp_path):
    labels = ["ü" * 300, "ü" * 301, "/" * 200]
    names = [file_name(label) for label in labels]
    assert len(set(names)) == 3
    for name in names:
        (tmp_path / f"ranking.{name}.json.partial").write_text("")
