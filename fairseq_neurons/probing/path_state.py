"""What the next fit of a regularisation path starts from, kept in a file: an interrupted path resumes to the bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.estimator import ElasticNetProbe
from fairseq_neurons.probing.solvers.loss_geometry import Geometry
from fairseq_neurons.probing.solvers.step_metric import Metric
from fairseq_neurons.storage.array_files import arrays_as_bytes, read_arrays
from fairseq_neurons.storage.files import write_bytes_whole

# A larger state is not written: the path is then fitted again from its beginning, with the same result.
LARGEST = 256 << 20
WEIGHTS, PAIRS, METRIC = ("coef", "intercept"), ("steps", "changes"), ("basis", "spectrum", "labels", "total")


def save_state(path: Path, probe: ElasticNetProbe, signature: str) -> None:
    """Write the weights of a fit with ``warm_start`` and its estimate of the curvature.

    Args:
        path: the file.
        probe: after the fit.
        signature: of the fit.

    Raises:
        InputError: if the file cannot be written.
    """
    arrays: dict[str, Any] = {"signature": signature, "coef": probe.coef_, "intercept": probe.intercept_}
    geometry = probe._geometry or Geometry()
    if (metric := geometry.metric) is not None:
        # In numpy as in torch, eigenvectors are stored by columns; products depend on it to the last bit.
        arrays |= {"basis": metric.basis.cpu().numpy(), "spectrum": metric.spectrum.cpu().numpy()}
        arrays |= {"labels": metric.labels.cpu().numpy(), "total": metric.total}
    if geometry.secants.pairs:
        for name, tensors in zip(PAIRS, zip(*geometry.secants.pairs, strict=True), strict=True):
            arrays[name] = torch.stack(tensors).cpu().numpy()
    if sum(np.asarray(array).nbytes for array in arrays.values()) <= LARGEST:
        write_bytes_whole(path, arrays_as_bytes(arrays))


def load_state(path: Path, probe: ElasticNetProbe, device: torch.device) -> str:
    """Put a probe into the state in which it was saved; its next fit with ``warm_start`` continues the path.

    Args:
        path: the file.
        probe: with the settings of the path.
        device: of the values of the neurons.

    Returns:
        The signature of the fit; empty, and the probe as it was, if the file is missing or damaged.
    """
    try:
        found = read_arrays(path, ("signature", *WEIGHTS), str(path), optional=(*METRIC, *PAIRS))
        tensors = {name: _tensor(array, device) for name, array in found.items() if name not in ("signature", "total")}
    except (InputError, TypeError):
        return ""
    geometry = Geometry()
    if "basis" in tensors:
        basis, spectrum, labels = (tensors[name] for name in METRIC[:-1])
        geometry.metric = Metric(basis, spectrum, labels, float(found["total"]))
    for pair in zip(*(tensors.get(name, ()) for name in PAIRS), strict=True):
        geometry.secants.pairs.append(pair)
    probe.coef_, probe.intercept_ = (tensors[name].cpu().numpy() for name in WEIGHTS)
    probe._geometry = geometry
    return str(found["signature"])


def _tensor(array: np.ndarray, device: torch.device) -> Tensor:
    # In torch's own memory: sums may depend on how an array is aligned.
    return torch.from_numpy(array).clone().to(device)
