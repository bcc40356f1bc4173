"""``ElasticNetProbe``: the paper's classifier as a scikit-learn estimator."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from fairseq_neurons.activations.design_matrix import Design
from fairseq_neurons.errors import InputError
from fairseq_neurons.probing.block_passes import scores_of
from fairseq_neurons.probing.multinomial_loss import Multinomial
from fairseq_neurons.probing.penalties.elastic_net import ElasticNet
from fairseq_neurons.probing.penalties.penalty import Penalty
from fairseq_neurons.probing.solvers.authors_recipe import authors_solution
from fairseq_neurons.probing.solvers.certified_solver import Solution, Watch, minimise
from fairseq_neurons.probing.solvers.fit_problem import Problem
from fairseq_neurons.probing.solvers.loss_geometry import Geometry
from fairseq_neurons.probing.solvers.warm_up import MIN_WORDS, warm_up

SOLVERS = ("certified", "authors")
FLOATS = (np.float64, np.float32, np.float16)


class ElasticNetProbe(ClassifierMixin, BaseEstimator):
    """Multinomial logistic regression with an elastic-net penalty and a certificate of optimality.

    Minimises mean cross-entropy + ``l1`` ||theta||_1 + ``l2`` ||theta||_2^2 over the weights theta, (L, D), and a bias
    that is not penalised (Dalvi et al. 2019, "Linguistic Correlation Analysis", the loss as a mean over words).

    Args:
        l1: lambda_1.
        l2: lambda_2.
        tolerance: the solver stops when the duality gap is at most this share of the objective.
        max_iter: maximum number of steps; a ``ConvergenceWarning`` is issued if it is reached first.
        solver: ``certified``, or ``authors``: the recipe of the paper's code (Adam, batches of 512, 10 epochs, the L2
            norm not squared), which stops far from the optimum and has no exact zeros.
        class_weight: None, ``balanced``, or a dict of label to weight, as in scikit-learn.
        warm_start: start at the weights of the last fit and reuse its estimate of the curvature; for fits on the same
            words and labels.
        random_state: seed of ``authors``; ``certified`` is deterministic.
        penalty: replaces the elastic net; ``l1`` and ``l2`` are then ignored. Any
            `fairseq_neurons.probing.penalties.penalty.Penalty`, such as `GroupLasso`; for ``certified`` only.

    Attributes:
        classes_: the labels, (L,).
        coef_: theta, (L, D), also for two labels; exactly 0 where a neuron is not used.
        intercept_: bias, (L,).
        n_iter_: number of steps; of ``authors``, epochs.
        objective_: mean cross-entropy + penalty.
        gap_: duality gap, an upper bound on ``objective_`` - optimum; equal to ``objective_`` if both penalties are 0.
        stationarity_: largest entry of the smallest subgradient (KKT residual).
        converged_: whether the tolerance was reached.

    >>> import numpy as np
    >>> states = np.random.default_rng(1).standard_normal((200, 8))
    >>> probe = ElasticNetProbe(l1=1e-2).fit(states, states[:, 3] > 0)
    >>> int(np.abs(probe.coef_).sum(axis=0).argmax()), bool(probe.gap_ <= 1e-3 * probe.objective_)
    (3, True)
    """

    def __init__(
        self,
        l1: float = 1e-5,
        l2: float = 1e-5,
        *,
        tolerance: float = 1e-3,
        max_iter: int = 500,
        solver: str = "certified",
        class_weight: dict[Any, float] | str | None = None,
        warm_start: bool = False,
        random_state: int = 1,
        penalty: Penalty | None = None,
    ) -> None:
        self.l1 = l1
        self.l2 = l2
        self.tolerance = tolerance
        self.max_iter = max_iter
        self.solver = solver
        self.class_weight = class_weight
        self.warm_start = warm_start
        self.random_state = random_state
        self.penalty = penalty

    def fit(self, X: np.ndarray | Design, y: np.ndarray, watch: Watch | None = None) -> ElasticNetProbe:
        """Fit the probe to labelled words.

        Args:
            X: (N, D) floats; a memory map or a ``Design`` is read in blocks and not copied.
            y: (N,) labels of any kind.
            watch: called with the weights (L, D) and the bias (L,) after every step.

        Raises:
            InputError: if there is only one label, a penalty is negative, or a value is not finite.
        """
        if self.solver not in SOLVERS:
            raise InputError(f"There is no solver {self.solver!r}; the solvers are {', '.join(SOLVERS)}.")
        design, y = self._validated(X, y)
        self.classes_, ids = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise InputError(f"A probe needs at least two labels; all words, {len(y)}, are of one class, {y[0]!r}.")
        elastic_net = ElasticNet(self.l1, self.l2)
        problem = Problem(design, self._loss(design, ids), elastic_net if self.penalty is None else self.penalty)
        problem.check()
        problem.check_size()
        solution = (
            self._authors(problem, elastic_net, watch) if self.solver == "authors" else self._certified(problem, watch)
        )
        self._set_attributes(solution, design)
        return self

    def predict_log_proba(self, X: np.ndarray | Design) -> np.ndarray:
        """Log-probabilities of the labels, (N, L)."""
        check_is_fitted(self)
        design = self._design(X, reset=False)
        weights = torch.from_numpy(self.coef_).to(design.device, design.dtype)
        scores = scores_of(design, weights) + torch.from_numpy(self.intercept_).to(weights)
        return torch.log_softmax(scores, dim=1).cpu().numpy()

    def predict_proba(self, X: np.ndarray | Design) -> np.ndarray:
        """Probabilities of the labels, (N, L)."""
        return np.exp(self.predict_log_proba(X))

    def predict(self, X: np.ndarray | Design) -> np.ndarray:
        """The most probable label of every word, (N,)."""
        best = self.predict_log_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _validated(self, X: np.ndarray | Design, y: np.ndarray) -> tuple[Design, np.ndarray]:
        if isinstance(X, Design | np.memmap):
            design, y = self._design(X, reset=True), column_or_1d(y, warn=True)
            if len(y) != design.shape[0]:
                raise InputError(f"{design.source} has {design.shape[0]} words, but there are {len(y)} labels.")
        else:
            values, y = validate_data(self, X, y, dtype=FLOATS, ensure_all_finite=False)
            design = Design(values)
        check_classification_targets(y)
        return design, y

    def _design(self, X: np.ndarray | Design, reset: bool) -> Design:
        """Validate like scikit-learn, but leave files on disk; values are checked to be finite when they are read."""
        if not isinstance(X, Design | np.memmap):
            return Design(validate_data(self, X, dtype=FLOATS, ensure_all_finite=False, reset=reset))
        design = X if isinstance(X, Design) else Design(X)
        if reset:
            self.n_features_in_ = design.shape[1]
        elif design.shape[1] != self.n_features_in_:
            raise InputError(
                f"{design.source} has {design.shape[1]} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )
        return design

    def _loss(self, design: Design, ids: np.ndarray) -> Multinomial:
        y = torch.from_numpy(ids.reshape(-1)).to(design.device)
        if self.class_weight is None:
            return Multinomial(y, len(self.classes_), None, design.dtype)
        each = compute_class_weight(self.class_weight, classes=self.classes_, y=self.classes_[ids])
        if not (np.isfinite(each).all() and (each > 0).all()):
            raise InputError(f"class_weight={self.class_weight}: a weight is a positive number.")
        weight = torch.from_numpy(each[ids] / each[ids].sum())
        return Multinomial(y, len(self.classes_), weight.to(design.device), design.dtype)

    def _certified(self, problem: Problem, watch: Watch | None) -> Solution:
        geometry: Geometry | None = None
        if self.warm_start and self._has_weights_for(problem):
            weights = torch.from_numpy(self.coef_).to(problem.design.device, problem.design.dtype)
            bias = torch.from_numpy(self.intercept_).to(weights)
            known = self._geometry
            same = known is not None and known.metric is not None and known.metric.basis.dtype == weights.dtype
            geometry = known if same else None
        elif problem.design.shape[0] >= MIN_WORDS:
            weights, bias = warm_up(problem.design, problem.loss, problem.penalty, watch)
        else:
            weights, bias = problem.zero_weights, problem.loss.start
        return minimise(problem, weights, bias, self.tolerance, self.max_iter, geometry, watch)

    def _has_weights_for(self, problem: Problem) -> bool:
        return hasattr(self, "coef_") and self.coef_.shape == problem.zero_weights.shape

    def _authors(self, problem: Problem, penalty: ElasticNet, watch: Watch | None) -> Solution:
        if self.penalty is not None:
            raise InputError("The authors' recipe has its own penalty: leave out penalty or solver.")
        if self.class_weight is not None:
            raise InputError("The authors' recipe has no class weights.")
        return authors_solution(problem, penalty, self.random_state, watch)

    def _set_attributes(self, solution: Solution, design: Design) -> None:
        self.coef_ = solution.weights.cpu().numpy()
        self.intercept_ = solution.bias.cpu().numpy()
        self.n_iter_ = solution.iterations
        self.objective_ = solution.certificate.objective
        self.gap_ = solution.certificate.gap
        self.stationarity_ = solution.certificate.stationarity
        self.converged_ = solution.converged
        self._geometry = solution.geometry if self.warm_start else None
        if self.solver == "certified" and not solution.converged:
            message = self._convergence_message(solution, design.scales is not None)
            warnings.warn(message, ConvergenceWarning, stacklevel=3)

    def _convergence_message(self, solution: Solution, standardised: bool) -> str:
        known = solution.certificate
        if self.l1 == self.l2 == 0 and self.penalty is None:
            state = f"with a gradient of up to {known.stationarity:.1e}"
        else:
            state = f"its objective at most {known.relative:.1e} of itself above the optimum"
        if solution.iterations < self.max_iter:
            scale = "" if standardised else "standardise the neurons (standardise=true), or "
            remedy = f"further steps gain next to nothing: {scale}give a larger tolerance"
        else:
            remedy = f"give it more with max_iter (now {self.max_iter}), or a larger tolerance"
        return (
            f"The probe stopped after {solution.iterations} steps, {state}; tolerance={self.tolerance} was asked for: "
            f"{remedy}."
        )
