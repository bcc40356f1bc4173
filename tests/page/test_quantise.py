"""Values as bytes: off by half a step at most, whatever they are."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.page import quantise as module
from fairseq_neurons.page.data_scripts import packed
from fairseq_neurons.page.quantise import LEVELS, quantise
from tests.activations.small_dumps import write_dump

FINITE = st.floats(-(2.0**120), 2.0**120, width=32)
ROWS = arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 4)), elements=FINITE)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(values=ROWS, words=st.integers(1, 9))
def test_quantised__is_within_half_a_step_and_keeps_zero_and_sign(tmp_path_factory, values, words):
    dump = Activations(write_dump(tmp_path_factory.mktemp("d") / "m", values))
    found = quantise(dump, min(words, len(values)))
    expected = values[:words].T.astype(np.float64)  # (D, N)
    shown = found.codes * found.scales[:, None]
    assert found.codes.dtype == np.int8 and found.codes.shape == expected.shape
    np.testing.assert_array_equal(found.scales, np.abs(expected).max(axis=1) / LEVELS)
    assert (np.abs(shown - expected) <= found.scales[:, None] / 2 * (1 + 1e-9)).all()
    assert (shown[expected == 0] == 0).all() and (shown * expected >= 0).all()


def test_blocks__do_not_change_the_codes(tmp_path, monkeypatch):
    values = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float16)
    dump = Activations(write_dump(tmp_path / "m", values, dtype="float16"))
    whole = quantise(dump, 43)
    monkeypatch.setattr(module, "ROWS", 7)
    np.testing.assert_array_equal(quantise(dump, 43).codes, whole.codes)
    np.testing.assert_array_equal(quantise(dump, 43).scales, whole.scales)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_value_that_is_no_number__is_refused(tmp_path, value):
    dump = Activations(write_dump(tmp_path / "m", np.array([[1.0, 2.0], [3.0, value]], dtype=np.float32)))
    with pytest.raises(InputError, match="not finite numbers"):
        quantise(dump, 2)
    assert quantise(dump, 1).codes.tolist() == [[127], [127]]


def test_packed__holds_the_bytes():
    codes = np.array([-127, -1, 0, 1, 127], dtype=np.int8)
    assert np.frombuffer(base64.b64decode(packed(codes)), dtype=np.int8).tolist() == codes.tolist()
