"""The only package that imports fairseq. Importing it registers our architectures and tasks with fairseq."""

from fairseq_neurons.plugin import tasks
from fairseq_neurons.plugin.architectures import (  # noqa: F401 - registers them
    lstm_dalvi2019,
    lstm_fairseq,
    lstm_lm_dalvi2019,
    transformer_fairseq,
)
from fairseq_neurons.plugin.loaded_model import LoadedModel, load_model
from fairseq_neurons.plugin.masking import masked, neurons_of, note_batch
from fairseq_neurons.plugin.recording import Recorder, recorded

__all__ = ["LoadedModel", "Recorder", "load_model", "masked", "neurons_of", "note_batch", "recorded", "tasks"]
