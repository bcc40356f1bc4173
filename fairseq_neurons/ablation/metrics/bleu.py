"""BLEU, and chrF beside it, by sacreBLEU."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from fairseq_neurons.ablation.ablation_settings import AblationSettings
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import Loaded
from fairseq_neurons.plugin.evaluation import Translator
from fairseq_neurons.storage.files import read_lines
from fairseq_neurons.storage.results_log import Entry

logger = logging.getLogger(__name__)

KINDS = {"bootstrap": "bs", "approximate-randomization": "ar"}
UNKNOWN = "<<unk>>"


class Bleu:
    """Translations of a subset against their references.

    Args:
        translate: the best hypotheses under the mask applied at the time, in data-set order.
        references: in the same order.
        search: the settings of the search, for the signature.
        tokenize: sacreBLEU's tokenizer.
        test: ``bootstrap`` or ``approximate-randomization``.
        samples: of the test and of the confidence intervals.

    Raises:
        InputError: if there is no such tokenizer.
    """

    folder, suffix = "hypotheses", ".txt"

    def __init__(
        self,
        translate: Callable[[], list[str]],
        references: Sequence[str],
        search: str = "",
        tokenize: str = "none",
        test: str = "bootstrap",
        samples: int = 1000,
    ) -> None:
        self.translate, self.search, self.test, self.samples = translate, search, test, samples
        # sacreBLEU warns of text that looks tokenised; that is what fairseq writes.
        self.bleu = BLEU(tokenize=_known(tokenize), force=True, references=[references])
        self.chrf = CHRF(references=[references])

    @classmethod
    def open(cls, settings: AblationSettings, loaded: Loaded) -> Bleu:
        """For a loaded translation model; see `open_metric`."""
        names = ("beam", "lenpen", "max_len_a", "max_len_b")
        search = {name: getattr(settings, name) for name in names}
        batch = {} if settings.max_tokens is None else {"max_tokens": settings.max_tokens}
        translator = Translator(loaded, settings.subset, **search, **batch)
        signature = "|".join(f"{name}:{value:g}" for name, value in search.items())
        references = references_of(settings, translator.references)
        return cls(translator.translate, references, signature, settings.tokenize, settings.test, settings.samples)

    @property
    def signature(self) -> str:
        """sacreBLEU's, and the search with its length limits."""
        return f"{self.bleu.get_signature()}|{self.search}"

    @property
    def test_signature(self) -> str:
        seed = os.environ.get("SACREBLEU_SEED", "12345")
        return f"paired:{self.test}|samples:{self.samples}|seed:{seed}|{self.signature}|{self.chrf.get_signature()}"

    def run(self) -> list[str]:
        """The hypotheses."""
        return self.translate()

    def score(self, output: list[str]) -> Entry:
        """BLEU and chrF, with the lengths that the brevity penalty is made of."""
        bleu, chrf = self.bleu.corpus_score(output, None), self.chrf.corpus_score(output, None)
        return {
            "score": float(bleu.score),
            "chrf": float(chrf.score),
            "brevity_penalty": float(bleu.bp),
            "hypothesis_words": int(bleu.sys_len),
            "reference_words": int(bleu.ref_len),
            "chrf_signature": str(self.chrf.get_signature()),
        }

    def pack(self, output: list[str]) -> bytes:
        """A line a sentence."""
        return "".join(f"{line}\n" for line in output).encode("utf-8")

    def unpack(self, content: bytes) -> list[str]:
        return content.decode("utf-8").split("\n")[:-1]

    def compare(self, baseline: list[str], others: Sequence[list[str]]) -> list[Entry]:
        """sacreBLEU's paired tests, see `Metric.compare`; chrF's results have names of their own.

        Those call systems different whose scores are the same: they count the resamples that exceed a difference of
        zero, and there may be none. Here, equal scores have the p-value 1.
        """
        found: list[Entry] = [{} for _ in others]
        for name, prefix, results in zip(("score", "chrf"), ("", "chrf_"), self._paired(baseline, others), strict=True):
            for entry, result in zip(found, results[1:], strict=True):
                entry[name] = float(result.score)
                entry[f"{prefix}low"] = float(result.mean - result.ci)
                entry[f"{prefix}high"] = float(result.mean + result.ci)
                entry[f"{prefix}difference"] = float(result.score - results[0].score)
                entry[f"{prefix}p_value"] = 1.0 if result.score == results[0].score else float(result.p_value)
        return found

    def _paired(self, baseline: list[str], others: Sequence[list[str]]) -> list[list[Any]]:
        """sacreBLEU's results for all systems, the baseline first; of BLEU, then of chrF."""
        systems = [(str(number), hypotheses) for number, hypotheses in enumerate([baseline, *others])]
        metrics = {"BLEU": self.bleu, "chrF": self.chrf}
        test = PairedTest(systems, metrics, None, KINDS[self.test], self.samples, self.samples)  # type: ignore[arg-type]
        _, columns = test()
        return [results for name, results in columns.items() if name != "System"]


def references_of(settings: AblationSettings, targets: list[str]) -> list[str]:
    """What the hypotheses are compared with: the text that was given, or the data's own targets.

    Args:
        settings: ``reference`` is the file.
        targets: of the data, unknown words as ``<<unk>>``.

    Raises:
        InputError: if the file has not a line for each.
    """
    if settings.reference is None:
        if unknown := sum(line.split().count(UNKNOWN) for line in targets):
            logger.warning(
                "%d words of the references are unknown to the data and match nothing; "
                "the raw text can be given with reference=FILE",
                unknown,
            )
        return targets
    lines = read_lines(Path(settings.reference), "reference")
    if len(lines) != len(targets):
        raise InputError(f"{settings.reference} has {len(lines)} lines, {settings.subset} {len(targets)} sentences.")
    return lines


def _known(tokenize: str) -> str:
    names = [name for name in BLEU.TOKENIZERS if name]
    if tokenize not in names:
        raise InputError(f"tokenize={tokenize}: sacreBLEU has {', '.join(sorted(names))}.")
    return tokenize
