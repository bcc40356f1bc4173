"""A test between two points of an ablation curve, as it is on disk."""

from __future__ import annotations

from dataclasses import dataclass

from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.ablation.metric_results import Significance
from fairseq_neurons.ablation.record_fields import others, score_of
from fairseq_neurons.storage.json_fields import Fields


@dataclass(frozen=True)
class Comparison:
    """A line of ``comparisons.jsonl``: a point tested against another with as many neurons, or the unablated model.

    Args:
        choice: of the point.
        neurons: how many are masked.
        metric: its name.
        against: of the other point; None for the unablated model.
        result: of the test.
        signature: the settings that made it.
    """

    choice: Choice
    neurons: int
    metric: str
    against: Choice | None
    result: Significance
    signature: str = ""

    def to_json(self) -> dict[str, object]:
        """The fields in the order in which they are on disk."""
        return {
            **self.choice._asdict(),
            **{"neurons": self.neurons, "metric": self.metric},
            "against": self.against and self.against._asdict(),
            **self.result.to_json(),
            "signature": self.signature,
        }

    @classmethod
    def read(cls, fields: Fields) -> Comparison:
        """Check the fields of a line.

        Raises:
            InputError: naming the file, the line and the first field that is missing or mistyped.
        """
        details, beside = others(fields, "p_value")
        result = Significance(
            score_of(fields),
            fields.optional("difference", float),
            fields.required("p_value", float),
            fields.optional("low", float),
            fields.optional("high", float),
            details,
            beside,
        )
        against = Choice.read(fields.inner("against")) if fields.optional("against", dict) else None
        neurons, metric = fields.required("neurons", int), fields.required("metric", str)
        return cls(Choice.read(fields), neurons, metric, against, result, fields.required("signature", str))
