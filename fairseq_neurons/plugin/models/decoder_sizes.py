"""The sizes of a decoder's output, for translation and language models."""

from typing import Optional, Protocol

from fairseq_neurons.errors import InputError


class DecoderSizes(Protocol):
    """Fields that both configs have."""

    decoder_hidden_size: int
    decoder_out_embed_dim: Optional[int]


def out_embed_dim_of(cfg: DecoderSizes) -> int:
    """The size of the features that the output layer projects to the vocabulary."""
    return cfg.decoder_out_embed_dim or cfg.decoder_hidden_size


def check_shared_embedding(shared: bool, embed_dim: int, out_embed_dim: int) -> None:
    """Refuse to share embeddings of different sizes.

    Raises:
        InputError: naming both flags.
    """
    if shared and embed_dim != out_embed_dim:
        raise InputError(
            f"--share-decoder-input-output-embed needs --decoder-embed-dim ({embed_dim}) to equal "
            f"--decoder-out-embed-dim ({out_embed_dim})."
        )
