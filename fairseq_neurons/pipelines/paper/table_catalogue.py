"""All tables of a run or of several, by the names under which documents ask for them, with title and caption."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from fairseq_neurons.pipelines.paper import claims
from fairseq_neurons.pipelines.paper import paper_curves as curves
from fairseq_neurons.pipelines.paper import paper_tables as tables
from fairseq_neurons.pipelines.paper.run_summary import RunSummary


class PaperTable(NamedTuple):
    """A table.

    Args:
        title: a heading.
        caption: how to read it.
        make: the table in Markdown, with a row or a part for each of the runs; empty if none has measured it.
    """

    title: str
    caption: str
    make: Callable[[Sequence[RunSummary]], str]


TABLES = {
    "claims": PaperTable(
        "The paper's claims",
        "A cell counts the comparisons that held / were not significant / failed. A comparison is one model, one task "
        "and one number of neurons; it is significant if p < 0.05 or its 95 % interval is on one side of zero. "
        "*Confirmed*: none failed, and at least half are significant; *not confirmed*: no more held than failed; "
        "*undecided*: none is significant. p-values are not corrected for their number.",
        claims.table,
    ),
    "models": PaperTable(
        "Models",
        "What each model was trained on, the seed that was used, and how good it is. BLEU and perplexity on the test "
        "set are those of the unablated models that were studied.",
        tables.models,
    ),
    "table-1": PaperTable(
        "Table 1: accuracy of probes",
        "In percent of the test words, beside the majority baseline (the most frequent label of each word) and the "
        "control task (Hewitt and Liang 2019); selectivity is the difference from the latter.",
        tables.accuracy,
    ),
    "tables-2-5": PaperTable(
        "Tables 2 and 5: masking-out (top / random / bottom)",
        "Accuracy in percent with all neurons but the first, random or last 10, 15 and 20 % of a probe's ranking set "
        "to zero. Published: top / bottom.",
        tables.masked,
    ),
    "tables-4-6": PaperTable(
        "Tables 4 and 6: retraining (top / random / bottom)",
        "Accuracy in percent of probes trained on these neurons only. Published: top / bottom.",
        tables.retrained,
    ),
    "figure-2": PaperTable(
        "Figure 2: regularisation",
        "Accuracy in percent for pairs of penalties, in the first model and task.",
        tables.grid,
    ),
    "table-3": PaperTable(
        "Table 3: what single neurons respond to",
        "The best single neuron for each property, in the first model of each kind: the one whose area under the ROC "
        "curve (AUC) is farthest from 0.5 over the test words. Top words are those at which it is highest on average, "
        "or lowest if its AUC is below 0.5, of the words that occur at least five times. A property of fewer than ten "
        "test words has no neuron.",
        tables.words,
    ),
    "figures-4-5": PaperTable(
        "Figures 4 and 5: ablation",
        "BLEU or perplexity with the first, the last or random neurons of the cross-model ranking masked; ± is the "
        "standard deviation over the random orders. ° marks no significant difference from the unablated model.",
        curves.orders,
    ),
    "figure-6": PaperTable(
        "Figure 6: focused and distributed labels",
        "How many neurons hold a quarter of a label's weights, in the first model; labels of at least 20 test words.",
        tables.focus,
    ),
    "figure-7": PaperTable(
        "Figure 7: against rankings by one model",
        "BLEU or perplexity with the first neurons of each ranking masked; ° as above.",
        curves.single_model,
    ),
    "figure-8": PaperTable(
        "Figure 8: against rankings by labels",
        "BLEU or perplexity with the first neurons of each ranking masked; ° as above.",
        curves.linguistic,
    ),
    "mean-squares": PaperTable(
        "What zero takes away",
        "The mean square of the states at the test words: of all neurons, and of the tenth that a ranking has first "
        "(cross-model also last); after the colon BLEU or perplexity with that tenth masked. The rank correlation is "
        "Spearman's, over the six, between the mean square and the cost.",
        curves.mean_squares,
    ),
    "overlaps": PaperTable(
        "Overlap",
        "The share of the cross-model ranking's first neurons that are among the first of another ranking.",
        tables.overlaps,
    ),
    "signatures": PaperTable(
        "Signatures",
        "The settings that made the numbers of the first model of each kind, and the figures.",
        tables.signatures,
    ),
}
