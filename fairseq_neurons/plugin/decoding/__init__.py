"""fairseq's beam search and forced decoding over our architectures, faster: the same words, the same scores."""

from fairseq_neurons.plugin.decoding.beam_search import SharedStatesGenerator
from fairseq_neurons.plugin.decoding.forced_decoding import forced_log_probs, predicted_log_probs

__all__ = ["SharedStatesGenerator", "forced_log_probs", "predicted_log_probs"]
