"""docs/architectures.md says what works, and its example is the architecture that other tests dump and mask."""

from __future__ import annotations

from pathlib import Path

from tests.plugin.architectures import support_matrix, toy_architecture

DOCUMENT = Path(__file__).parents[3] / "docs" / "architectures.md"


def test_every_registered_architecture__is_in_the_matrix():
    assert sorted(support_matrix.BUILDERS) == sorted(support_matrix.registered())


def test_matrix__is_that_of_the_document(dictionary):
    assert support_matrix.matrix(dictionary) in DOCUMENT.read_text(encoding="utf-8")


def test_example__is_the_code_of_the_toy_architecture():
    code = Path(toy_architecture.__file__).read_text(encoding="utf-8")
    example = DOCUMENT.read_text(encoding="utf-8").split("```py\n")[1].split("```")[0]
    assert example == code[code.index("from fairseq.dataclass") :]
