"""The values at which colours end."""

from __future__ import annotations

import numpy as np
import pytest

from fairseq_neurons.statistics.colour_range import colour_range


@pytest.mark.parametrize("values", [[-1.0, 0.2], [0.1, 1.0], [0.0], [-0.9, -0.9], [0.4, -2.0, 1.0]])
def test_colours__are_symmetric_about_zero(values):
    largest = max(map(abs, values))
    assert colour_range(np.array(values)) == (-largest, largest)


@pytest.mark.parametrize("sign", [1, -1])
def test_saturated_neuron__has_its_own_range_whatever_a_few_words_are(sign):
    values = sign * np.concatenate([np.linspace(0.9, 1.0, 101), [-0.5, 0.1]])
    low, high = colour_range(values)
    assert (
        sorted((abs(low), abs(high))) == pytest.approx([0.9, 0.995], abs=0.01) and np.sign(low) == np.sign(high) == sign
    )
