"""Labels from spaCy or HanTa, which are optional: ``pip install 'fairseq-neurons[taggers]'``.

Both are given the words as they are, and never cut them anew.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels.sentence_labels import LabelLists, Sentences

TAGGERS = ("spacy:", "hanta:")
_PICKLES = "morphmodel_{}.pgz"
# HanTa tells nouns made of adjectives and of infinitives apart, STTS does not.
_STTS = {"NNA": "NN", "NNI": "NN", "PROAV": "PAV"}


def is_tagger(spec: str) -> bool:
    """Whether this names a tagger rather than a file or a labeler."""
    return spec.startswith(TAGGERS)


def tag(sentences: Sentences, spec: str) -> LabelLists:
    """One label for each word.

    Args:
        sentences: as lists of words; an empty one stays empty.
        spec: ``spacy:MODEL``, a name or a folder, for fine tags (XPOS); ``spacy:MODEL:pos`` for UPOS;
            ``hanta:ger``, ``hanta:en`` or ``hanta:dutch``: the models that HanTa brings along. Their tags are those
            of STTS (HanTa's ``VV(FIN)`` is ``VVFIN``), of CLAWS C5 (``NN1``, ``AT0``) and of Lassy.

    Raises:
        InputError: if the package or the model is missing, or gives a word no label.
    """
    if not is_tagger(spec):
        raise InputError(f"{spec!r} is no tagger; there are spacy:MODEL, spacy:MODEL:pos and hanta:LANGUAGE.")
    kind, _, model = spec.partition(":")
    spoken = [list(words) for words in sentences if words]
    tagged = (_spacy if kind == "spacy" else _hanta)(spoken, model)
    labels = [_checked(words, tags, spec) for words, tags in zip(spoken, tagged, strict=True)]
    rest = iter(labels)
    return [[*next(rest)] if words else [] for words in sentences]


def _spacy(sentences: list[list[str]], spec: str) -> Iterator[list[str]]:
    model, _, layer = spec.rpartition(":")
    if not model or layer not in ("pos", "tag"):
        model, layer = spec, "tag"
    spacy = _package("spacy")
    try:
        # What finds names and base forms costs time and changes no tag.
        nlp = spacy.load(model, exclude=["ner", "lemmatizer"])
    except OSError as error:
        raise InputError(f"spaCy has no model {model!r}: give one that is installed, or its folder.") from error
    docs = (spacy.tokens.Doc(nlp.vocab, words=words) for words in sentences)
    for words, doc in zip(sentences, nlp.pipe(docs), strict=True):
        if [token.text for token in doc] != words:
            raise InputError(f"spacy:{spec} changes the words of a sentence; a model that keeps them is needed.")
        yield [getattr(token, layer + "_") for token in doc]


def _hanta(sentences: list[list[str]], language: str) -> Iterator[list[str]]:
    package = _package("HanTa.HanoverTagger")
    folder = Path(package.__file__).parent
    known = sorted(path.stem.removeprefix("morphmodel_") for path in folder.glob(_PICKLES.format("*")))
    if language not in known:
        raise InputError(f"HanTa has no model {language!r}; it has {', '.join(known)}.")
    # A bare name would open a file of that name in the working folder first, and opening can run code.
    tagger = package.HanoverTagger(str(folder / _PICKLES.format(language)))
    for words in sentences:
        tags = tagger.tag_sent(words, taglevel=0)
        yield [_stts(tag) for tag in tags] if language == "ger" else tags


def _stts(tag: str) -> str:
    return _STTS.get(tag) or re.sub(r"(\w+)\((\w+)\)", r"\1\2", tag)


def _package(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise InputError(f"{package} is not installed: pip install 'fairseq-neurons[taggers]'.") from error


def _checked(words: list[str], tags: list[str], spec: str) -> list[str]:
    if len(tags) != len(words):
        raise InputError(f"{spec} gave {len(tags)} labels for the {len(words)} words of {' '.join(words)!r}.")
    for word, label in zip(words, tags, strict=True):
        if not label:
            raise InputError(f"{spec} gave no label to {word!r} in {' '.join(words)!r}; another model is needed.")
    return tags
