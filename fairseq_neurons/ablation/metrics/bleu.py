"""BLEU, and chrF beside it, by sacreBLEU."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fairseq_neurons.ablation.metric_results import Scalar, Score, Significance
from fairseq_neurons.ablation.metrics.metric import LoadedSubset, Metric
from fairseq_neurons.ablation.metrics.metric_info import MetricInfo
from fairseq_neurons.ablation.metrics.metric_options import ResamplingOptions
from fairseq_neurons.ablation.metrics.references import references_of
from fairseq_neurons.ablation.metrics.translation_options import TranslationOptions
from fairseq_neurons.errors import InputError

KINDS = {"bootstrap": "bs", "approximate-randomization": "ar"}


@dataclass
class BleuOptions(TranslationOptions, ResamplingOptions):
    """Options of BLEU.

    Args:
        test: ``bootstrap`` or ``approximate-randomization``, sacreBLEU's paired tests (perplexity: a paired permutation
            test).
    """

    test: str = "bootstrap"


class Bleu(Metric[list[str], BleuOptions]):
    """Score translations of a subset against their references.

    Args:
        translate: the best hypotheses under the mask that is applied, in data-set order.
        references: in the same order.
        search: the settings of the search, for the signature.
        tokenize: sacreBLEU's tokenizer.
        test: ``bootstrap`` or ``approximate-randomization``.
        samples: of the test and of the confidence intervals.

    Raises:
        InputError: if sacreBLEU has no such tokenizer.
    """

    info = MetricInfo("bleu", axis="BLEU", title="BLEU", phrase="{score} BLEU")
    Options = BleuOptions
    folder, suffix = "hypotheses", ".txt"
    beside = ("chrf_low", "chrf_high", "chrf_p_value")

    def __init__(
        self,
        translate: Callable[[], list[str]],
        references: Sequence[str],
        search: str = "",
        tokenize: str = BleuOptions.tokenize,
        test: str = BleuOptions.test,
        samples: int = BleuOptions.samples,
    ) -> None:
        from sacrebleu.metrics import BLEU, CHRF

        self.translate, self.search, self.test, self.samples = translate, search, test, samples
        # sacreBLEU warns of text that looks tokenised; that is what fairseq writes.
        self.bleu = BLEU(tokenize=_known(tokenize), force=True, references=[references])
        self.chrf = CHRF(references=[references])

    @classmethod
    def open(cls, subset: LoadedSubset, options: BleuOptions) -> Bleu:
        """See `Metric.open`."""
        return cls.of_translations(subset, options, options.test, options.samples)

    @classmethod
    def of_translations(cls, subset: LoadedSubset, options: TranslationOptions, *test: Any) -> Bleu:
        """For a loaded translation model, with the test and its samples if it will be tested."""
        from fairseq_neurons.plugin.evaluation import Translator

        translator = Translator(options.read(subset).loaded, subset.subset, **options.search, **subset.batch)  # type: ignore[arg-type]
        signature = "|".join(f"{name}:{value:g}" for name, value in options.search.items())
        references = references_of(options.reference, subset.subset, translator.references)
        return cls(translator.translate, references, signature, options.tokenize, *test)

    @classmethod
    def check(cls, options: BleuOptions, means: str | None) -> None:
        """See `Metric.check`."""
        options.check_search()
        options.check_samples()
        if options.test not in KINDS:
            raise InputError(f"test={options.test}: the choices are {', '.join(KINDS)}.")

    @classmethod
    def identity(cls, options: BleuOptions) -> Mapping[str, Scalar]:
        """All options but those of the tests, which are computed again from the outputs whenever they change."""
        return options.identity()

    @classmethod
    def files(cls, options: BleuOptions) -> Mapping[str, str]:
        """The reference, if it was given."""
        return options.files()

    @property
    def signature(self) -> str:
        """sacreBLEU's, and the search with its length limits."""
        return f"{self.bleu.get_signature()}|{self.search}"

    @property
    def test_signature(self) -> str:
        """sacreBLEU's paired test of BLEU and chrF."""
        seed = os.environ.get("SACREBLEU_SEED", "12345")
        return f"paired:{self.test}|samples:{self.samples}|seed:{seed}|{self.signature}|{self.chrf.get_signature()}"

    def run(self) -> list[str]:
        """The hypotheses."""
        return self.translate()

    def score(self, output: list[str]) -> Score:
        """BLEU and chrF, with the lengths that the brevity penalty is made of."""
        bleu, chrf = self.bleu.corpus_score(output, None), self.chrf.corpus_score(output, None)
        extra: dict[str, Scalar] = {
            "chrf": float(chrf.score),
            "brevity_penalty": float(bleu.bp),
            "hypothesis_words": int(bleu.sys_len),
            "reference_words": int(bleu.ref_len),
            "chrf_signature": str(self.chrf.get_signature()),
        }
        return Score(float(bleu.score), extra)

    def pack(self, output: list[str]) -> bytes:
        """A line a sentence."""
        return "".join(f"{line}\n" for line in output).encode("utf-8")

    def unpack(self, content: bytes) -> list[str]:
        """The lines."""
        return content.decode("utf-8").split("\n")[:-1]

    def compare(self, baseline: list[str], others: Sequence[list[str]]) -> list[Significance]:
        """sacreBLEU's paired tests, see `Metric.compare`; chrF's results are beside BLEU's.

        These tests report a difference between systems of equal scores: they count the resamples that exceed a
        difference of zero, and there may be none. Here, equal scores have the p-value 1.
        """
        bleu, chrf = (
            [_significance(result, results[0]) for result in results[1:]] for results in self._paired(baseline, others)
        )
        return [
            Significance(**one, beside={"chrf": other.pop("score"), **{f"chrf_{name}": other[name] for name in other}})
            for one, other in zip(bleu, chrf, strict=True)
        ]

    def _paired(self, baseline: list[str], others: Sequence[list[str]]) -> list[list[Any]]:
        """sacreBLEU's results for all systems, the baseline first; of BLEU, then of chrF."""
        from sacrebleu.significance import PairedTest

        systems = [(str(number), hypotheses) for number, hypotheses in enumerate([baseline, *others])]
        metrics = {"BLEU": self.bleu, "chrF": self.chrf}
        test = PairedTest(systems, metrics, None, KINDS[self.test], self.samples, self.samples)  # type: ignore[arg-type]
        _, columns = test()
        return [results for name, results in columns.items() if name != "System"]


def _significance(result: Any, baseline: Any) -> dict[str, Any]:
    """In the order in which the fields are on disk."""
    return {
        "score": float(result.score),
        "low": float(result.mean - result.ci),
        "high": float(result.mean + result.ci),
        "difference": float(result.score - baseline.score),
        "p_value": 1.0 if result.score == baseline.score else float(result.p_value),
    }


def _known(tokenize: str) -> str:
    from sacrebleu.metrics import BLEU

    names = [name for name in BLEU.TOKENIZERS if name]
    if tokenize not in names:
        raise InputError(f"tokenize={tokenize}: sacreBLEU has {', '.join(sorted(names))}.")
    return tokenize
