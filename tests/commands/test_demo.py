"""``fairseq-neurons-demo``: the wrong inputs that are found before anything is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from fairseq_neurons.commands.demo import SETTINGS, DemoConfig, run
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.errors import InputError

DEFAULTS = {name: option.default for name, option in options_of(DemoConfig).items()}


def refused(out: Path, **options) -> str:
    """The sentence with which a demo is refused."""
    with pytest.raises(InputError) as raised:
        run(**{**DEFAULTS, "out": str(out), **options})
    return str(raised.value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"src": "de"}, "The built-in corpus is English-French; for de-fr, give corpus=PREFIX."),
        ({"labels": ["mine.en.pos"]}, "with labels=, give corpus=PREFIX."),
        ({"corpus": "nowhere"}, "nowhere.en"),
    ],
)
def test_wrong_options__are_one_sentence_and_write_nothing(tmp_path, options, sentence):
    assert sentence in refused(tmp_path / "demo", **options)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else__is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("years")
    assert "is not empty; remove it or choose another name with out=" in refused(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_an_out_that_is_no_folder__is_refused_and_stays(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for out in (tmp_path / "fifo", Path("/dev/null")):
        assert f"The folder {out} cannot be read: Not a directory" in refused(out)
    assert (tmp_path / "fifo").is_fifo() and Path("/dev/null").is_char_device()


def test_a_demo_of_other_settings__is_not_resumed(tmp_path):
    (tmp_path / SETTINGS).write_text(json.dumps({"seed": 1}))
    assert "is a demo with other settings" in refused(tmp_path, seed=2)
