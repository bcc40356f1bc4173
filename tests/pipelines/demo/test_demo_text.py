"""The demo's splits and parts of a user's own text and of the built-in corpus."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fairseq_neurons.pipelines.demo.demo_text import prepare_text
from fairseq_neurons.pipelines.demo.own_text import OwnText
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
    prepare_text(tmp_path / "demo", OwnText.read(str(corpus), GERMAN_ENGLISH), GERMAN_ENGLISH, seed=1)
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


def test_labels__stay_with_their_words(corpus, tmp_path):
    sentences = Path(f"{corpus}.de").read_text(encoding="utf-8").splitlines()
    tags = "\n".join(" ".join(f"tag-{word}" for word in line.split()) for line in sentences)
    Path(f"{corpus}.de.pos").write_text(tags + "\n", encoding="utf-8")
    without, labelled = (OwnText.read(str(corpus), GERMAN_ENGLISH, labels) for labels in ([], [f"{corpus}.de.pos"]))
    prepare_text(tmp_path / "labelled", labelled, GERMAN_ENGLISH, seed=1)
    prepare_text(tmp_path / "without", without, GERMAN_ENGLISH, seed=1)
    for split in ("train", "valid", "test"):
        words = (tmp_path / "labelled" / "text" / f"{split}.de").read_text(encoding="utf-8")
        assert words == (tmp_path / "without" / "text" / f"{split}.de").read_text(encoding="utf-8")
        found = (tmp_path / "labelled" / "text" / f"{split}.de.pos").read_text(encoding="utf-8")
        assert found.replace("tag-", "") == words


def test_the_split__is_the_shuffle_of_the_pairs(corpus, tmp_path):
    prepare_text(tmp_path, OwnText.read(str(corpus), GERMAN_ENGLISH), GERMAN_ENGLISH, seed=3)
    pairs = Path(f"{corpus}.de").read_text(encoding="utf-8").splitlines()
    random.Random(3).shuffle(pairs)
    assert (tmp_path / "text" / "train.de").read_text(encoding="utf-8").splitlines() == pairs[52:]


def test_text_that_is_there__is_left_as_it_is(tmp_path):
    (tmp_path / "demo" / "text").mkdir(parents=True)
    prepare_text(tmp_path / "demo", None, GERMAN_ENGLISH, seed=1)
    assert list((tmp_path / "demo" / "text").iterdir()) == []
