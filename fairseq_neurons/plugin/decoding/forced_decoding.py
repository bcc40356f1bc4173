"""Log-probabilities of given sentences."""

from typing import Any, Dict

import torch
from torch import Tensor

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.decoding.shared_decoder import SharedDecoder, can_share, output_weights
from fairseq_neurons.plugin.decoding.vocabulary import Vocabulary


@torch.no_grad()
def forced_log_probs(model: Any, sample: Dict[str, Any]) -> Tensor:
    """Log-probabilities of every token of the references, end-of-sentence symbols included.

    Args:
        model: a translation model whose decoder is fairseq's ``LSTMDecoder``, in evaluation mode.
        sample: as collated by fairseq, with targets.

    Returns:
        float64 (B, S), natural logarithm; 0 at padding.

    Raises:
        InputError: if the decoder has options that :class:`SharedDecoder` does not.
    """
    if not can_share(model.decoder):
        raise InputError("Forced decoding needs a float32 model without dropout, which this one is not.")
    net_input, target = sample["net_input"], sample["target"]
    decoder = SharedDecoder(model.decoder)
    state = decoder.start(model.encoder.forward_torchscript(net_input))
    words = net_input["prev_output_tokens"].t()  # (S, B)
    read = decoder.read(words.reshape(-1)).view(*words.shape, -1)  # (S, B, 4 H)
    features = torch.stack([decoder.step(state, gates)[0] for gates in read])  # (S, B, out)
    log_probs = Vocabulary(*output_weights(model.decoder)).log_probs_of(features.flatten(0, 1), target.t().reshape(-1))
    return log_probs.view_as(words).t().masked_fill(target.eq(model.decoder.embed_tokens.padding_idx), 0.0)


@torch.no_grad()
def predicted_log_probs(model: Any, sample: Dict[str, Any]) -> Tensor:
    """Log-probabilities of every token that a language model has to predict, end-of-sentence symbols included.

    Args:
        model: a language model that reads whole sentences, in evaluation mode.
        sample: as collated by fairseq.

    Returns:
        float64 (B, T), natural logarithm; 0 at padding.
    """
    features, _ = model.decoder.extract_features(sample["net_input"]["src_tokens"])  # (B, T, out)
    padding = model.decoder.embed_tokens.padding_idx
    return log_probs_of_targets(features, sample["target"], Vocabulary(*output_weights(model.decoder)), padding)


def log_probs_of_targets(features: Tensor, target: Tensor, vocabulary: Vocabulary, padding: int) -> Tensor:
    """Log-probabilities of targets, without those of all other words.

    Args:
        features: (B, T, out), before the output layer.
        target: (B, T) words.
        vocabulary: the output layer.
        padding: index of the padding symbol.

    Returns:
        float64 (B, T), natural logarithm; 0 at padding.
    """
    log_probs = vocabulary.log_probs_of(features.flatten(0, 1), target.reshape(-1)).view_as(target)
    return log_probs.masked_fill(target.eq(padding), 0.0)
