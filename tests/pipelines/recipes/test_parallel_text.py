"""Parallel files, read and dealt out."""

from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.recipes.parallel_text import Languages, read_parallel, write_parts
from fairseq_neurons.storage.files import write_lines

GERMAN_ENGLISH = Languages("de", "en")


def test_read_parallel__has_the_lines_of_both_sides(tmp_path):
    write_lines(tmp_path / "c.de", ["eins", "", "drei"])
    write_lines(tmp_path / "c.en", ["one", "two\u2028", "three"])
    assert read_parallel(tmp_path / "c", GERMAN_ENGLISH) == (["eins", "", "drei"], ["one", "two\u2028", "three"])


def test_sides_of_different_length__are_refused(tmp_path):
    write_lines(tmp_path / "c.de", ["a"] * 3)
    write_lines(tmp_path / "c.en", ["a"] * 2)
    with pytest.raises(InputError, match=r"c\.de has 3 lines, .*c\.en has 2: line n of one must translate line n"):
        read_parallel(tmp_path / "c", GERMAN_ENGLISH)


def test_write_parts__gives_each_part_every_nth_line(tmp_path):
    write_parts(tmp_path, "en", list("abcdefg"), ["x", "y", "z"])
    assert [(tmp_path / f"{part}.en").read_text().split() for part in "xyz"] == [list("adg"), list("be"), list("cf")]
