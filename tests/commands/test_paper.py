"""``fairseq-neurons-paper``: the wrong inputs that are found before anything is written."""

from __future__ import annotations

import pytest

from tests.commands.running_commands import Command


@pytest.fixture
def paper(tmp_path) -> Command:
    return Command("fairseq-neurons-paper", tmp_path)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["corpus=c"], "experiment= is missing; see fairseq-neurons-paper --help."),
        (["experiment=en-xx"], "experiment=en-xx: the choices are de-en, en-fr, fr-en"),
        (["experiment=en-fr", "corpus=c", "steps=[sing]"], "sing"),
    ],
)
def test_wrong_input__is_one_sentence(paper, arguments, sentence):
    assert sentence in paper.fail(*arguments)
