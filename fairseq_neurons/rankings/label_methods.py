"""Methods that rank neurons by word labels, by name."""

from __future__ import annotations

from fairseq_neurons.rankings.gaussian import gaussian
from fairseq_neurons.rankings.iou import iou
from fairseq_neurons.rankings.neuron_scores import Method
from fairseq_neurons.rankings.probeless import probeless
from fairseq_neurons.rankings.univariate import f_test, mutual_info

METHODS: dict[str, Method] = {
    "probeless": probeless,
    "gaussian": gaussian,
    "iou": iou,
    "f-test": f_test,
    "mutual-information": mutual_info,
}
