"""The size of an experiment's models: how large they are, how they are trained, how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field

from omegaconf import MISSING


@dataclass
class Size:
    """How large the models are, how they are trained, and how many there are.

    Args:
        name: of the folder of the results.
        hidden: units of the embeddings; of each direction of each layer and of the language model's layers; of a
            transformer's layers.
        decoder_hidden: units of the layers of an LSTM's decoder.
        rate: learning rate after the warm-up.
        dropout: probability.
        max_tokens: of a batch, at most.
        epochs: of a translation model, at most; the best by validation loss is used.
        lm_epochs: the same of a language model.
        patience: training ends after this many epochs without a better validation loss.
        models: how many translation models are trained, each on its own part of the text.
        language_models: how many language models are trained, likewise.
        studied: how many models of each kind are probed and ablated.
        seeds: how many random orders of neurons are ablated.
        layers: of the encoder, and of the decoder; by default as many as the architecture has.
        ffn: feed-forward units of a transformer's layers; by default four times ``hidden``.
        heads: of each attention of a transformer; 4 by default.
        warmup: updates until the learning rate is reached; 200 by default.
        grid: penalties that Figure 2 tries, in the first model and task; small ones take the longest; may be empty.
    """

    name: str = MISSING
    hidden: int = 128
    decoder_hidden: int = 256
    rate: float = 2e-3
    dropout: float = 0.2
    max_tokens: int = 600
    epochs: int = 15
    lm_epochs: int = 10
    patience: int = 4
    models: int = 3
    language_models: int = 3
    studied: int = 3
    seeds: int = 3
    layers: int | None = None
    ffn: int | None = None
    heads: int | None = None
    warmup: int | None = None
    grid: list[float] = field(default_factory=lambda: [0.0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3])
