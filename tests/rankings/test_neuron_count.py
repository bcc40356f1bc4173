from __future__ import annotations

import pytest

from fairseq_neurons.errors import InputError
from fairseq_neurons.rankings.neuron_count import neuron_count


@pytest.mark.parametrize(
    ("text", "expected"), [("50", 50), ("2.5%", 2), ("0", 0), ("100%", 60), ("10%", 6), (" 60 ", 60), ("0%", 0)]
)
def test_count__is_a_number_or_a_rounded_share(text, expected):
    assert neuron_count(text, 60, "--mask-top") == expected


@pytest.mark.parametrize("text", ["120%", "-1%", "61", "-1", "ten", "", "%", "nan%", "1e3", "inf%"])
def test_count__refuses_other_texts_naming_the_option(text):
    with pytest.raises(InputError, match="--mask-top"):
        neuron_count(text, 60, "--mask-top")
