"""Text inside scripts: the same when it is read, and never anything else."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.page.data_scripts import script, short

TEXT = st.text(st.characters(exclude_categories=())) | st.sampled_from(
    ["</script>", "<!--", "]]>", "\u2028", "\u2029", "\ud800", "__proto__", "\\u003c", "'\"`${x}", "\0"]
)


def read(content: str) -> tuple[str, object]:
    """Key and content of a script; its calls have arguments that are JSON."""
    assert content.startswith("report.add(") and content.endswith(");\n")
    key, value = json.loads(f"[{content.removeprefix('report.add(').removesuffix(');' + chr(10))}]")
    return key, value


@given(text=TEXT, key=TEXT)
def test_any_text__comes_back_and_holds_nothing_that_ends_a_script(text, key):
    written = script(key, {"words": [text, [text]]})
    assert read(written) == (key, {"words": [text, [text]]})
    assert written.isascii() and "<" not in written
    assert not any(ord(character) < 32 for character in written.removesuffix("\n"))


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT, st.lists, max_leaves=5))
def test_any_content__round_trips(content):
    assert read(script("k", content))[1] == content


def test_number_that_is_not_finite__is_refused():
    with pytest.raises(ValueError):
        script("k", math.nan)


@given(st.floats(-1e6, 1e6))
def test_short__keeps_four_digits(value):
    assert short(value) == pytest.approx(value, rel=5.1e-4, abs=0)
