"""A checksum of a JSON object notices every change of it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.storage.sealed_json import sealed, unsealed

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(st.text(max_size=3).filter(lambda name: name != "checksum"), VALUES, min_size=1, max_size=4)


@settings(max_examples=50)
@given(OBJECTS, OBJECTS)
def test_any_object__is_read_as_written_and_no_other_has_its_checksum(content, other):
    written = sealed(content)
    for indent in (None, 1):
        assert unsealed(json.loads(json.dumps(written, indent=indent)), "a.json") == content
    assert sealed(written) == written
    if json.dumps(content) != json.dumps(other):
        with pytest.raises(InputError, match=r"^a\.json is damaged: it was changed after it was written"):
            unsealed({**other, "checksum": written["checksum"]}, "a.json")


def test_object_without_checksum__is_of_an_earlier_version():
    assert unsealed({"score": 1}, "a.json") == {"score": 1}
