"""Labels from spaCy or HanTa, optional dependencies: ``pip install spacy HanTa``.

Both tag the given words; the text is not tokenised again.
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
_MODEL_FILES = "morphmodel_{}.pgz"
# HanTa distinguishes nouns derived from adjectives and from infinitives; STTS does not.
_STTS = {"NNA": "NN", "NNI": "NN", "PROAV": "PAV"}


def is_tagger(spec: str) -> bool:
    """Whether ``spec`` names a tagger, not a file or a labeler."""
    return spec.startswith(TAGGERS)


def tag(sentences: Sentences, spec: str) -> LabelLists:
    """Tag sentences: one label per word.

    Args:
        sentences: lists of words; may be empty.
        spec: ``spacy:MODEL`` for fine-grained tags (XPOS) or ``spacy:MODEL:pos`` for UPOS, where MODEL is a name or a
            folder; ``hanta:ger``, ``hanta:en`` or ``hanta:dutch``, the models included in HanTa. Their tag sets are
            STTS (HanTa's ``VV(FIN)`` becomes ``VVFIN``), CLAWS C5 (``NN1``, ``AT0``) and Lassy.

    Raises:
        InputError: if the package or the model is missing, or a word gets no label.
    """
    if not is_tagger(spec):
        raise InputError(f"{spec!r} is not a tagger; use spacy:MODEL, spacy:MODEL:pos or hanta:LANGUAGE.")
    kind, _, model = spec.partition(":")
    nonempty = [list(words) for words in sentences if words]
    tagged = (_spacy if kind == "spacy" else _hanta)(nonempty, model)
    labels = [_checked(words, tags, spec) for words, tags in zip(nonempty, tagged, strict=True)]
    rest = iter(labels)
    return [[*next(rest)] if words else [] for words in sentences]


def _spacy(sentences: list[list[str]], spec: str) -> Iterator[list[str]]:
    model, _, layer = spec.rpartition(":")
    if not model or layer not in ("pos", "tag"):
        model, layer = spec, "tag"
    spacy = _package("spacy")
    try:
        # Named entities and lemmas take time and do not affect the tags.
        nlp = spacy.load(model, exclude=["ner", "lemmatizer"])
    except OSError as error:
        raise InputError(f"spaCy has no model {model!r}: use an installed model or the folder of one.") from error
    docs = (spacy.tokens.Doc(nlp.vocab, words=words) for words in sentences)
    for words, doc in zip(sentences, nlp.pipe(docs), strict=True):
        if [token.text for token in doc] != words:
            raise InputError(f"spacy:{spec} changes the words of a sentence; use a model that keeps them.")
        yield [getattr(token, layer + "_") for token in doc]


def _hanta(sentences: list[list[str]], language: str) -> Iterator[list[str]]:
    package = _package("HanTa.HanoverTagger")
    folder = Path(package.__file__).parent
    known = sorted(path.stem.removeprefix("morphmodel_") for path in folder.glob(_MODEL_FILES.format("*")))
    if language not in known:
        raise InputError(f"HanTa has no model {language!r}; it has {', '.join(known)}.")
    # Given a bare name, HanTa prefers a file of that name in the working directory, and unpickling can run code.
    tagger = package.HanoverTagger(str(folder / _MODEL_FILES.format(language)))
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
        raise InputError(f"{package} is not installed: pip install {package}.") from error


def _checked(words: list[str], tags: list[str], spec: str) -> list[str]:
    if len(tags) != len(words):
        raise InputError(f"{spec} returned {len(tags)} labels for the {len(words)} words of {' '.join(words)!r}.")
    for word, label in zip(words, tags, strict=True):
        if not label:
            raise InputError(f"{spec} returned no label for {word!r} in {' '.join(words)!r}; use another model.")
    return tags
