"""Names of files."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from fairseq_neurons.commands.typed_values import NOT_TEXT
from fairseq_neurons.probing.label_file_names import file_name, file_names, ranking_file

# Tags of the Penn Treebank, of STTS, and values of Universal Dependencies.
AWKWARD = [
    "PRP$",
    "$(",
    "``",
    "''",
    ",",
    "$,",
    "#",
    "-LRB-",
    "N/A",
    "100%",
    "a b",
    "Case=Nom|Number=Sing",
    "*",
    "~",
    "&",
]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("NN", "NN"),
        ("N/A", "N%2FA"),
        ("100%", "100%25"),
        ("É", "É"),
        ("PRP$", "PRP%24"),
        ("``", "%60%60"),
        ("41+", "41+"),
    ],
)
def test_label__is_part_of_a_file_name(label, name):
    assert file_name(label) == name


def test_names__are_typed_without_quotes_and_stay_apart():
    files = file_names(AWKWARD)
    assert list(files) == AWKWARD and len(set(files.values())) == len(AWKWARD)
    for file in files.values():
        assert shlex.split(file) == [file] == [shlex.quote(file).strip("'")]
        assert not set(file) & set("$`'\",()[]{}*?|&;<>#~!= ") and not NOT_TEXT.fullmatch(file)


@pytest.mark.parametrize("earlier", ["ranking.PRP$.json", "ranking.PRP%24.json"])
def test_folders_of_earlier_versions__are_read(tmp_path, earlier):
    (tmp_path / earlier).touch()
    assert ranking_file(tmp_path, "PRP$") == tmp_path / earlier


def test_missing_ranking__has_its_present_name():
    assert ranking_file(Path("probe"), "$(") == Path("probe/ranking.%24%28.json")


def test_long_labels__are_cut_and_stay_apart(tmp_path):
    labels = ["ü" * 300, "ü" * 301, "/" * 200]
    names = [file_name(label) for label in labels]
    assert len(set(names)) == 3
    for name in names:
        (tmp_path / f"ranking.{name}.json.partial").write_text("")
