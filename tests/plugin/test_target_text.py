"""Tokens are spelled as ``fairseq-generate --post-process`` spells them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from fairseq.data import Dictionary

from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.target_text import TargetText

SYMBOLS = {
    "words": ("the", "dog"),
    "bpe": ("th@@", "e", "dog"),
    "sentencepiece": ("\u2581the", "\u2581d", "og", "<0xC3>", "<0xA9>"),
}
TEXTS = {"words": "the dog", "bpe": "the dog", "sentencepiece": "the dog\u00e9"}


def dictionary_of(kind: str) -> Dictionary:
    words = Dictionary()
    for symbol in SYMBOLS[kind]:
        words.add_symbol(symbol)
    return words


@pytest.mark.parametrize("kind", SYMBOLS)
def test_subwords__are_joined(kind):
    words = dictionary_of(kind)
    tokens = torch.tensor([*map(words.index, SYMBOLS[kind]), words.eos()])
    loaded = Loaded(None, SimpleNamespace(target_dictionary=words))
    assert TargetText.of(loaded) == TargetText(words, kind)
    assert TargetText.of(loaded).spelled(tokens) == TEXTS[kind]


def test_given_subwords__override_what_symbols_suggest():
    loaded = Loaded(None, SimpleNamespace(target_dictionary=dictionary_of("bpe")), "words")
    assert TargetText.of(loaded).subwords == "words"


def test_unknown_words__match_nothing_if_escaped():
    words = dictionary_of("words")
    tokens = torch.tensor([words.index("dog"), words.unk()])
    assert TargetText(words, "words").spelled(tokens) == "dog <unk>"
    assert TargetText(words, "words").spelled(tokens, escape_unk=True) == "dog <<unk>>"
