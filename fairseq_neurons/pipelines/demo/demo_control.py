"""Control of tense: mask tense neurons at the verbs of one tense with values of another, and see what is translated.

The mask value lies twice as far from the neurons' own mean as the mean of the other tense does.
"""

from __future__ import annotations

from pathlib import Path
from statistics import fmean

from tabulate import tabulate

from fairseq_neurons.ablation.comparison_record import Comparison
from fairseq_neurons.ablation.curve import Curve
from fairseq_neurons.ablation.curve_records import Choice
from fairseq_neurons.pipelines.jobs import Jobs
from fairseq_neurons.pipelines.recipes.measuring_commands import SEARCH
from fairseq_neurons.pipelines.recipes.model_files import checkpoint
from fairseq_neurons.pipelines.recipes.parallel_text import Languages
from fairseq_neurons.storage.files import write_text_whole
from fairseq_neurons.toy_corpus.french_tenses import french_tenses

DIRECTIONS = (("past", "pres"), ("pres", "past"))
RANKINGS = {"probes/tense/rankings/f-test.json": "F-test", "probes/tense/ranking.json": "probe"}
LEXICON = "text/tense.fr.tsv"


def jobs(folder: Path, languages: Languages) -> Jobs:
    """Write the lexicon of French tenses; a command for each direction then writes ``control/AT-TO/curve.jsonl``."""
    write_text_whole(folder / LEXICON, "".join(f"{form}\t{tense}\n" for form, tense in french_tenses()))
    return {
        f"control-{at}-{to}": [
            *("fairseq-neurons-ablate", "metric=control", f"at={at}", f"to={to}"),
            *(f"checkpoint={checkpoint('1')}", "data=bin/1", f"rankings=[{','.join(RANKINGS)}]"),
            *(f"labels=text/test.{languages.src}.tense", f"outcome={LEXICON}", f"reference=text/test.{languages.tgt}"),
            *("value=mean", "means=activations/train", f"means_labels=probes/train.{languages.src}.tense"),
            *("strength=2", *SEARCH, "points=[10%]", "order=[top,random]", "workers=1", f"out=control/{at}-{to}"),
        ]
        for at, to in DIRECTIONS
    }


def table(folder: Path) -> str:
    """How many translations changed to the other tense when each ranking's first neurons, or random ones, were masked.

    ``p`` is the largest p-value of McNemar's tests against the random choices.
    """
    header = ["tense", "neurons by", "neurons", "words", "turned", "random neurons", "p", "BLEU"]
    rows = [
        _row(folder / "control" / f"{at}-{to}", f"{at} to {to}", path) for at, to in DIRECTIONS for path in RANKINGS
    ]
    align = ["left", "left", *["right"] * 6]
    return tabulate(rows, header, tablefmt="simple", disable_numparse=True, colalign=align)


def _row(folder: Path, direction: str, ranking: str) -> list[str]:
    curve = Curve.read(folder)
    (first,) = curve.line(ranking, "top").points
    (top,), (by_chance,) = first.points, curve.line(ranking, "random").points
    random = fmean(point.number("turned") for point in by_chance.points)
    p_value = max(found.result.p_value for found in curve.comparisons if _is_of(found, ranking))
    turned = f"{top.number('turned')} of {top.number('could_turn')}"
    counts = [str(top.neurons), str(top.number("words")), turned, f"{random:.1f}"]
    return [direction, RANKINGS[ranking], *counts, f"{p_value:.1g}", f"{top.number('bleu'):.2f}"]


def _is_of(comparison: Comparison, ranking: str) -> bool:
    """Whether a comparison is of random neurons with the first ones of this ranking."""
    random = comparison.choice.order == "random" and comparison.choice.ranking == ranking
    return random and comparison.against == Choice(ranking, "top", None)
