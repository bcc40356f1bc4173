"""Two exchanged words of a dictionary are noticed where a dump and data meet."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.known_dictionary import check_dictionary_of, digest_of_dictionary
from tests.activations.small_dumps import write_dump


def test_dictionary_with_exchanged_words__is_another_one(dictionary, tmp_path):
    path = write_dump(tmp_path / "a", np.ones((2, 3)))
    check_dictionary_of(None, dictionary)
    check_dictionary_of(path, dictionary)  # of an earlier version
    manifest = replace(Activations(path).manifest, dictionary_sha256=digest_of_dictionary(dictionary))
    (path / "manifest.json").write_text(manifest.to_json())
    check_dictionary_of(path, dictionary)
    symbols = dictionary.symbols
    dictionary.symbols = [*symbols[:4], symbols[5], symbols[4], *symbols[6:]]
    with pytest.raises(
        InputError, match=r"a and the data have different dictionaries, .*: words were added, removed or"
    ):
        check_dictionary_of(path, dictionary)
