"""The demo's splits and parts of a user's own text and of the built-in corpus."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.pipelines.demo.demo_text import prepare_text
from fairseq_neurons.pipelines.recipes.parallel_text import Languages

GERMAN_ENGLISH = Languages("de", "en")


@pytest.fixture
def corpus(tmp_path) -> Path:
    """260 sentence pairs; the target is the source, reversed and in capitals."""
    chance = random.Random(1)
    words = [[f"w{chance.randrange(9)}" for _ in range(chance.randrange(2, 7))] for _ in range(260)]
    (tmp_path / "mine.de").write_text("\n".join(map(" ".join, words)) + "\n", encoding="utf-8")
    (tmp_path / "mine.en").write_text("\n".join(" ".join(reversed(s)).upper() for s in words) + "\n", encoding="utf-8")
    return tmp_path / "mine"


def test_text__is_split_in_three_parts_without_what_is_held_out(corpus, tmp_path):
    prepare_text(tmp_path / "demo", str(corpus), GERMAN_ENGLISH, seed=1)
    text = tmp_path / "demo" / "text"
    lines = {path.name: path.read_text(encoding="utf-8").splitlines() for path in text.iterdir()}
    assert len(lines["valid.de"]) == len(lines["test.de"]) == 26
    thirds = [line for third in "123" for line in lines[f"third{third}.de"]]
    assert sorted(thirds) == sorted(lines["train.de"])
    everything = [*lines["train.de"], *lines["valid.de"], *lines["test.de"]]
    assert sorted(everything) == sorted(Path(f"{corpus}.de").read_text(encoding="utf-8").splitlines())
    for split in ("train", "test", "third2"):
        for source, target in zip(lines[f"{split}.de"], lines[f"{split}.en"]):
            assert target == " ".join(reversed(source.split())).upper()


@pytest.mark.parametrize(
    ("german", "english", "sentence"),
    [(["a"] * 120, ["b"] * 119, "has 120 lines"), (["a"] * 50, ["b"] * 50, "at least 100")],
)
def test_corpora_that_cannot_be_used__are_one_sentence(tmp_path, german, english, sentence):
    (tmp_path / "c.de").write_text("\n".join(german) + "\n")
    (tmp_path / "c.en").write_text("\n".join(english) + "\n")
    with pytest.raises(InputError, match=sentence):
        prepare_text(tmp_path / "demo", str(tmp_path / "c"), GERMAN_ENGLISH, seed=1)


def test_text_that_is_there__is_left_as_it_is(corpus, tmp_path):
    (tmp_path / "demo" / "text").mkdir(parents=True)
    prepare_text(tmp_path / "demo", str(corpus), GERMAN_ENGLISH, seed=1)
    assert list((tmp_path / "demo" / "text").iterdir()) == []
