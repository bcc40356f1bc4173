"""Find the neurons that matter in a fairseq model, and measure what the model loses without them.

Each command has a function with the same name and arguments: `extract`, `correlate`, `overlap`, `probe`, `ablate`,
`inspect` and `report`. `load_model` opens a checkpoint to mask, translate, score and record it in Python. Names are
imported on first use, so that ``import fairseq_neurons`` itself is fast.

>>> import fairseq_neurons as fn
>>> model = fn.load_model("models/1/checkpoint_best.pt", "bin/1")  # doctest: +SKIP
>>> with model.masked("encoder.1.bwd.*"):  # doctest: +SKIP
...     model.translate(["a dog runs ."])
['un chien court .']
"""

from typing import TYPE_CHECKING

from fairseq_neurons.lazy_names import lazily

__version__ = "0.1.0"

if TYPE_CHECKING:
    from fairseq_neurons import figures as figures
    from fairseq_neurons.ablation.curve import Curve as Curve
    from fairseq_neurons.ablation.run_ablation import ablate as ablate
    from fairseq_neurons.activations.reader import Activations as Activations
    from fairseq_neurons.errors import InputError as InputError
    from fairseq_neurons.inspection.neuron_inspection import Inspection as Inspection
    from fairseq_neurons.inspection.run_inspection import inspect as inspect
    from fairseq_neurons.masks import ChosenWords as ChosenWords
    from fairseq_neurons.masks import Mask as Mask
    from fairseq_neurons.neurons import Block as Block
    from fairseq_neurons.neurons import Neurons as Neurons
    from fairseq_neurons.page.write_page import report as report
    from fairseq_neurons.plugin.extraction import extract as extract
    from fairseq_neurons.plugin.loaded_model import LoadedModel as LoadedModel
    from fairseq_neurons.plugin.loaded_model import load_model as load_model
    from fairseq_neurons.plugin.sentence_states import SentenceStates as SentenceStates
    from fairseq_neurons.probing.estimator import ElasticNetProbe as ElasticNetProbe
    from fairseq_neurons.probing.study.run_study import probe as probe
    from fairseq_neurons.rankings.compared_rankings import RankingOverlap as RankingOverlap
    from fairseq_neurons.rankings.compared_rankings import overlap as overlap
    from fairseq_neurons.rankings.cross_model import correlate as correlate
    from fairseq_neurons.rankings.ranking import Ranking as Ranking
    from fairseq_neurons.runs.run_folder import Run as Run
    from fairseq_neurons.runs.verification import verify as verify
    from fairseq_neurons.statistics.label_auc import separation as separation
    from fairseq_neurons.statistics.similar_neurons import neighbours as neighbours
    from fairseq_neurons.statistics.word_types import word_statistics as word_statistics

# The module that defines each name; an empty one stands for the module of that name.
_HOMES = {
    "Activations": "activations.reader",
    "Block": "neurons",
    "ChosenWords": "masks",
    "Curve": "ablation.curve",
    "ElasticNetProbe": "probing.estimator",
    "InputError": "errors",
    "Inspection": "inspection.neuron_inspection",
    "LoadedModel": "plugin.loaded_model",
    "Mask": "masks",
    "Neurons": "neurons",
    "Ranking": "rankings.ranking",
    "RankingOverlap": "rankings.compared_rankings",
    "Run": "runs.run_folder",
    "SentenceStates": "plugin.sentence_states",
    "ablate": "ablation.run_ablation",
    "correlate": "rankings.cross_model",
    "extract": "plugin.extraction",
    "figures": "",
    "inspect": "inspection.run_inspection",
    "load_model": "plugin.loaded_model",
    "neighbours": "statistics.similar_neurons",
    "overlap": "rankings.compared_rankings",
    "probe": "probing.study.run_study",
    "report": "page.write_page",
    "separation": "statistics.label_auc",
    "verify": "runs.verification",
    "word_statistics": "statistics.word_types",
}
__all__ = list(_HOMES)
_find = lazily(__name__, _HOMES)

if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> object:
        """Import a public name on first use (PEP 562)."""
        import logging

        # fairseq sets the root logger to DEBUG when it is imported: every library would write to the terminal.
        root = logging.getLogger()
        handlers, level, disabled = root.handlers[:], root.level, root.manager.disable
        logging.disable(logging.INFO)
        try:
            found = globals()[name] = _find(name)
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)
            logging.disable(disabled)
        return found


def __dir__() -> list[str]:
    return sorted([*__all__, *(name for name in globals() if name.startswith("__"))])
