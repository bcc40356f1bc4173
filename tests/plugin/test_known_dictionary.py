"""Two exchanged words of a dictionary are noticed where a dump and data meet."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fairseq.data import Dictionary

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.known_dictionary import check_dictionary_of, digest_of_dictionary
from tests.activations.small_dumps import write_dump


def test_dictionary_with_exchanged_words__is_another_one(dictionary, tmp_path):
    path = write_dump(tmp_path / "a", np.ones((2, 3)))
    task = SimpleNamespace(source_dictionary=dictionary, target_dictionary=Dictionary())
    check_dictionary_of(None, task)
    check_dictionary_of(path, task)  # of an earlier version
    manifest = replace(Activations(path).manifest, dictionary_sha256=digest_of_dictionary(dictionary))
    (path / "manifest.json").write_text(manifest.to_json())
    check_dictionary_of(path, task)
    symbols = dictionary.symbols
    dictionary.symbols = [*symbols[:4], symbols[5], symbols[4], *symbols[6:]]
    with pytest.raises(InputError, match=r"a and the data have different dictionaries, .*: words were added"):
        check_dictionary_of(path, task)


def test_dump_of_target_words__has_the_target_dictionary(dictionary, tmp_path):
    path = write_dump(tmp_path / "a", np.ones((2, 3)))
    digest = digest_of_dictionary(dictionary)
    manifest = replace(Activations(path).manifest, dictionary_sha256=digest, side="target")
    (path / "manifest.json").write_text(manifest.to_json())
    check_dictionary_of(path, SimpleNamespace(source_dictionary=Dictionary(), target_dictionary=dictionary))
    with pytest.raises(InputError, match="different dictionaries"):
        check_dictionary_of(path, SimpleNamespace(source_dictionary=dictionary, target_dictionary=Dictionary()))
