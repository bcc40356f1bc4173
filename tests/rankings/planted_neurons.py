"""Labelled words with a neuron that predicts the labels planted among noise."""

from __future__ import annotations

import numpy as np

PLANTED, CONSTANT, ALONE, ABSENT = 5, 2, 3, 4
LABELS = 5


def labelled_words(words: int = 300, neurons: int = 12, dtype: type = np.float64) -> tuple[np.ndarray, np.ndarray]:
    """Noise, (words, neurons), and labels 0 to 4.

    Neuron 5 predicts the labels: it is positive for label 0, negative for label 1, and near 0 for label 2. Neuron 2 is
    constant. A single word has label 3 and none has label 4. The other neurons correlate weakly with the labels.
    """
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, words)
    y[words // 2] = ALONE
    X = rng.normal(size=(words, neurons)) + rng.normal(size=(LABELS, neurons))[y] * np.linspace(0, 0.5, neurons)
    X[:, PLANTED] = np.array([4.0, -4.0, 0.0, 1.0])[y] + 0.2 * rng.normal(size=words)
    X[:, CONSTANT] = 0.1
    return X.astype(dtype), y.astype(np.int64)
