"""What can be measured of an ablated model, and how two measurements are compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar, runtime_checkable

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.storage.results_log import Entry

if TYPE_CHECKING:
    from fairseq_neurons.plugin.checkpoints import Loaded

Output = TypeVar("Output")


class Metric(Protocol[Output]):
    """One measure of a loaded model.

    An ``Output`` is all that the model did on the subset (hypotheses, log-probabilities): it is kept, and scores and
    tests are computed from it.

    Attributes:
        folder: of the outputs, within that of the curve.
        suffix: of their files.
        signature: the settings that make a score.
        test_signature: the settings that make a comparison.
    """

    folder: str
    suffix: str

    @property
    def signature(self) -> str: ...

    @property
    def test_signature(self) -> str: ...

    def run(self) -> Output:
        """What the model does, under whatever mask is applied."""

    def score(self, output: Output) -> Entry:
        """``score``, and what else belongs to it; JSON's types."""

    def pack(self, output: Output) -> bytes:
        """An output as the content of its file."""

    def unpack(self, content: bytes) -> Output:
        """What was packed."""

    def compare(self, baseline: Output, others: Sequence[Output]) -> list[Entry]:
        """Each of the others against the baseline, on the same sentences.

        Returns:
            For each: its ``score`` with its confidence interval ``low`` to ``high``, the ``difference`` from the
            baseline and the ``p_value`` of that, two-sided.
        """


@runtime_checkable
class Relative(Metric[Output], Protocol[Output]):
    """A metric whose scores say what has changed."""

    def relate_to(self, unablated: Output) -> None:
        """Take what the unablated model does; called before anything is scored or compared."""


def open_metric(settings: AblationSettings, loaded: Loaded) -> Metric:
    """The metric of these settings, with its subset loaded.

    Raises:
        InputError: if it is none for this model, or the subset or the reference cannot be read.
    """
    # These load sacreBLEU and scipy.
    if settings.metric == "bleu":
        from fairseq_neurons.ablation.metrics.bleu import Bleu

        return Bleu.open(settings, loaded)
    if settings.metric == "control":
        from fairseq_neurons.ablation.metrics.controlling import Control

        return Control.open(settings, loaded)
    from fairseq_neurons.ablation.metrics.perplexity import Perplexity

    return Perplexity.open(settings, loaded)
