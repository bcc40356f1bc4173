"""A trained probe as a value, its file ``probe.npz``, and the settings of its training."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import numpy as np
import torch

from fairseq_neurons import __version__
from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.block_passes import scores_of
from fairseq_neurons.probing.estimator import SOLVERS, ElasticNetProbe
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.study.confidence_intervals import check_seed
from fairseq_neurons.probing.study.labelled_words import LabelledWords, Task
from fairseq_neurons.probing.study.study_options import TrainingOptions
from fairseq_neurons.storage.array_files import arrays_as_bytes, read_arrays
from fairseq_neurons.storage.files import write_bytes_whole


@dataclass
class ProbeSettings(TrainingOptions):
    """How probes are trained; makes estimators and signatures."""

    def estimator(self, refit: bool = False) -> ElasticNetProbe:
        """A new probe with these settings."""
        return ElasticNetProbe(
            self.l1,
            self.l2,
            tolerance=self.refit_tolerance if refit else self.tolerance,
            max_iter=self.max_iter,
            solver=self.solver,
            class_weight=self.class_weight,
            random_state=self.seed,
        )

    def check(self) -> None:
        """Check the settings before anything is read.

        Raises:
            InputError: naming the setting.
        """
        ElasticNet(self.l1, self.l2)
        if self.solver not in SOLVERS:
            raise InputError(f"There is no solver {self.solver!r}; the solvers are {', '.join(SOLVERS)}.")
        if self.class_weight not in (None, "balanced"):
            raise InputError(f"class_weight is empty or balanced, not {self.class_weight!r}.")
        for name in ("tolerance", "refit_tolerance"):
            if not getattr(self, name) > 0:
                raise InputError(f"{name}={getattr(self, name)}: give a number above 0.")
        if self.max_iter < 1:
            raise InputError(f"max_iter={self.max_iter}: give at least one step.")
        if self.class_weight and self.solver == "authors":
            raise InputError("The authors' recipe has no class weights: leave out class_weight or solver.")
        check_seed(self.seed)

    def signature(self, task: Task) -> str:
        """The signature of a probe trained on this task."""
        weighting = f"|class_weight:{self.class_weight}" if self.class_weight else ""
        stop = f"tolerance:{self.tolerance:.9g}|max_iter:{self.max_iter}"
        how = f"{stop}{weighting}" if self.solver == "certified" else f"seed:{self.seed}"
        penalty = f"l1:{self.l1:.9g}|l2:{self.l2:.9g}"
        return f"solver:{self.solver}|{penalty}|{how}|{task.signature}|version:{__version__}"


@dataclass(frozen=True)
class TrainedProbe:
    """A probe of a model's neurons.

    Args:
        weights: theta, (L, neurons), 0 for neurons that did not take part. With ``scales``, those of the scaled
            neurons: ``weights[:, columns] / scales`` are those of the states as they are in the dump.
        columns: int64 (D,), ascending: the neurons that took part.
        bias: (L,).
        labels: names, in row order.
        objective: mean cross-entropy + penalty.
        gap: duality gap; infinite if there is no bound.
        stationarity: KKT residual.
        iterations: steps of the solver.
        signature: the settings that made it.
        scales: (D,), by which the values of the neurons were divided; None if they were read as they are.
    """

    weights: np.ndarray
    columns: np.ndarray
    bias: np.ndarray
    labels: tuple[str, ...]
    objective: float
    gap: float
    stationarity: float
    iterations: int
    signature: str
    scales: np.ndarray | None = None

    @classmethod
    def fit(cls, task: Task, settings: ProbeSettings) -> TrainedProbe:
        """Train a probe on a task."""
        probe = settings.estimator().fit(task.train.design, task.train.y)
        weights = np.zeros((len(task.labels), len(task.neurons)), dtype=probe.coef_.dtype)
        weights[:, task.columns] = probe.coef_
        found = (probe.objective_, probe.gap_, probe.stationarity_, probe.n_iter_)
        return cls(weights, task.columns, probe.intercept_, task.labels, *found, settings.signature(task), task.scales)

    def predict(self, words: LabelledWords, task: Task, kept: np.ndarray | None = None) -> np.ndarray:
        """Predict label ids of words, (N,).

        Args:
            words: the words.
            task: the task of the probe.
            kept: int64 (n,), positions among the neurons in the study; the others are masked out, that is, set to 0
                (Dalvi et al. 2019, "Ablation Experiments"). All are kept if None.
        """
        columns = np.arange(len(task.columns)) if kept is None else kept
        # A selection of a design that is in memory is not read again.
        design = words.design if kept is None else words.design.select(kept)
        return predict(design, self.weights[:, task.columns[columns]], self.bias)

    def save(self, path: Path) -> None:
        """Write ``probe.npz``, with an array for each field."""
        arrays = {item.name: getattr(self, item.name) for item in fields(self)}
        arrays["labels"] = np.array(self.labels)
        if self.scales is None:
            del arrays["scales"]
        write_bytes_whole(path, arrays_as_bytes(arrays))

    @classmethod
    def load(cls, path: str | Path) -> TrainedProbe:
        """Read ``probe.npz``.

        Raises:
            InputError: if the file is missing or damaged, or is not a probe.
        """
        needed = [item.name for item in fields(cls) if item.default is MISSING]
        saved = read_arrays(Path(path), needed, f"The probe {path}", optional=["scales"])
        try:
            found = cls(
                weights=saved["weights"],
                columns=saved["columns"],
                bias=saved["bias"],
                labels=tuple(saved["labels"].tolist()),
                objective=float(saved["objective"]),
                gap=float(saved["gap"]),
                stationarity=float(saved["stationarity"]),
                iterations=int(saved["iterations"]),
                signature=str(saved["signature"]),
                scales=saved.get("scales"),
            )
            "".join(found.labels).encode()  # half a character could be neither written nor printed
        except (TypeError, ValueError) as error:
            raise InputError(f"The probe {path} is damaged: a field has the wrong type ({error}).") from error
        if fault := found._fault():
            raise InputError(f"The probe {path} is damaged: {fault}.")
        return found

    def _fault(self) -> str:
        """What is wrong with the arrays; empty if they fit together."""
        labels, columns = len(self.labels), self.columns
        width = self.weights.shape[-1] if self.weights.ndim == 2 else 0
        fits = self.weights.shape == (labels, width) and self.bias.shape == (labels,) and columns.ndim == 1
        scales = np.ones(len(columns)) if self.scales is None and columns.ndim == 1 else self.scales
        if not fits or scales is None or scales.shape != columns.shape or columns.dtype.kind != "i":
            return "its arrays do not fit together"
        if len(columns) and not (columns[0] >= 0 and columns[-1] < width and (np.diff(columns) > 0).all()):
            return "its columns are not neurons in ascending order"
        if any(array.dtype.kind != "f" or not np.isfinite(array).all() for array in (self.weights, self.bias, scales)):
            return "its weights are not finite numbers"
        return ""


def predict(design: Design, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Predict the label with the highest score of every word, (N,), from weights (L, D) and bias (L,)."""
    scores = scores_of(design, torch.from_numpy(np.ascontiguousarray(weights)).to(design.device, design.dtype))
    return (scores.cpu().numpy() + bias).argmax(axis=1)
