"""The peers of ``ElasticNetProbe``, each with a trace of its objective over time."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass, field

import numpy as np
import torch
from scipy.optimize import Bounds, minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.solvers.authors_recipe import authors_recipe


@dataclass
class Problem:
    """The objective of all peers: mean cross-entropy + l1 ||theta||_1 + l2 ||theta||_2^2, the bias unpenalised.

    Args:
        values: (N, D), as our fit gets them: an array, or the map of a dump.
        y: int64 (N,), 0 to L - 1.
        l1: of the sum of absolute weights.
        l2: of the sum of squared weights.
    """

    values: np.ndarray
    y: np.ndarray
    l1: float
    l2: float
    design: Design = field(init=False)

    def __post_init__(self) -> None:
        # The peers read float32 from memory; the conversion is not timed.
        self.design = Design(np.array(self.values, dtype=np.float32))
        self.truth = torch.from_numpy(self.y)
        self.shape = (int(self.y.max()) + 1, self.values.shape[1])
        self.objective(torch.zeros(self.shape), torch.zeros(self.shape[0]))

    def objective(self, weights: Tensor, bias: Tensor) -> float:
        """Of weights (L, D) and bias (L,)."""
        loss = 0.0
        with torch.no_grad():
            for rows, block in self.design.blocks():
                scores = torch.addmm(bias, block, weights.T)
                loss += torch.nn.functional.cross_entropy(scores, self.truth[rows], reduction="none").double().sum()
        exact = weights.double()
        return float(loss / len(self.y) + self.l1 * exact.abs().sum() + self.l2 * exact.square().sum())

    def loss(self, weights: Tensor, bias: Tensor) -> tuple[float, Tensor, Tensor]:
        """The mean cross-entropy and its gradients, (L, D) and (L,), in one pass over the words."""
        total, slope, bias_slope = 0.0, torch.zeros_like(weights), torch.zeros_like(bias, dtype=torch.float64)
        for rows, block in self.design.blocks():
            y = self.truth[rows, None]
            logs = torch.log_softmax(torch.addmm(bias, block, weights.T), dim=1)
            total -= logs.gather(1, y).sum(dtype=torch.float64).item()
            residual = logs.exp_().scatter_add_(1, y, torch.full(y.shape, -1.0))
            slope.addmm_(residual.T, block)
            bias_slope += residual.sum(0)
        return total / len(self.y), slope / len(self.y), bias_slope / len(self.y)


class Trace:
    """(seconds, objective) after every step; the clock is stopped while the objective is evaluated.

    Args:
        name: of the method.
        problem: whose objective it is.
    """

    def __init__(self, name: str, problem: Problem) -> None:
        self.name, self.problem = name, problem
        self.points: list[tuple[float, float]] = []
        self.zeros = 0.0
        self._paused, self._start = 0.0, time.perf_counter()

    def __call__(self, weights: Tensor, bias: Tensor) -> None:
        now = time.perf_counter()
        self.points.append((now - self._start - self._paused, self.problem.objective(weights, bias)))
        self.zeros = (weights == 0).double().mean().item()
        self._paused += time.perf_counter() - now

    @property
    def seconds(self) -> float:
        """Seconds from the start to the last point."""
        return self.points[-1][0]

    @property
    def objective(self) -> float:
        """The objective at the last point."""
        return self.points[-1][1]

    def reaching(self, objective: float) -> float:
        """Seconds to the first point with an objective at most this; infinite if there is none."""
        return next((seconds for seconds, reached in self.points if reached <= objective), float("inf"))


def saga(problem: Problem, passes: int) -> Trace:
    """scikit-learn's saga in float32. It has no callback: one point, after its last pass."""
    words, l1, l2 = len(problem.y), problem.l1, problem.l2
    if problem.shape[0] < 3:
        raise SystemExit("With two labels scikit-learn minimises another objective: use --skip saga.")
    # It minimises C * sum of losses + l1_ratio ||theta||_1 + (1 - l1_ratio) / 2 ||theta||_2^2.
    model = LogisticRegression(
        solver="saga", C=1 / (words * (l1 + 2 * l2)), l1_ratio=l1 / (l1 + 2 * l2), max_iter=passes, random_state=1
    )
    values = problem.design.values
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        trace = Trace(f"saga, {passes} passes", problem)
        model.fit(values, problem.y)
    trace(torch.from_numpy(model.coef_).float(), torch.from_numpy(model.intercept_).float())
    return trace


def recipe(problem: Problem, batch: int) -> Trace:
    """The authors' Adam, one point per epoch. Its L2 norm is not squared; the trace is of our objective."""
    loss = Multinomial(problem.truth, problem.shape[0], None, torch.float32)
    penalty = ElasticNet(problem.l1, problem.l2)
    # torch's set-up at the first step of an optimiser is not part of the method's time.
    authors_recipe(problem.design, loss, penalty, seed=1, batch=len(problem.y), epochs=1)
    trace = Trace(f"recipe, batch {batch}", problem)
    authors_recipe(problem.design, loss, penalty, seed=1, batch=batch, watch=trace)
    return trace


def lbfgsb(problem: Problem, target: float, limit: float) -> Trace:
    """scipy's L-BFGS-B on weights p - n with p, n >= 0, from no weights and the best bias for them.

    Args:
        problem: what is minimised.
        target: the objective at which it may stop.
        limit: the seconds after which it stops.
    """
    labels, size = problem.shape[0], problem.shape[0] * problem.shape[1]
    trace = Trace("L-BFGS-B", problem)
    start, lower = np.zeros(2 * size + labels), np.zeros(2 * size + labels)
    start[2 * size :] = np.log(np.bincount(problem.y) / len(problem.y))
    lower[2 * size :] = -np.inf

    def tensors(point: np.ndarray) -> tuple[Tensor, Tensor]:
        weights = torch.from_numpy(point[:size] - point[size : 2 * size]).view(problem.shape)
        return weights.float(), torch.from_numpy(point[2 * size :]).float()

    def function(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights = point[:size] - point[size : 2 * size]
        loss, slope, bias_slope = problem.loss(*tensors(point))
        smooth = slope.double().view(-1).numpy() + 2 * problem.l2 * weights
        value = loss + problem.l1 * point[: 2 * size].sum() + problem.l2 * (weights @ weights)
        return value, np.concatenate([problem.l1 + smooth, problem.l1 - smooth, bias_slope.numpy()])

    def after(intermediate_result) -> None:  # scipy requires this name
        trace(*tensors(intermediate_result.x))
        if trace.objective <= target or trace.seconds > limit:
            raise StopIteration

    never = {"maxiter": 10**9, "maxfun": 10**9, "ftol": 0.0, "gtol": 0.0}
    bounds = Bounds(lower, np.full_like(lower, np.inf))
    minimize(function, start, jac=True, method="L-BFGS-B", bounds=bounds, callback=after, options=never)
    return trace
