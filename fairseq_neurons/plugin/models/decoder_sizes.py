"""What the translation and the language-model configs have in common: the sizes of a decoder's output."""

from typing import Optional, Protocol

from fairseq_neurons.errors import InputError


class DecoderSizes(Protocol):
    """Either config."""

    decoder_hidden_size: int
    decoder_out_embed_dim: Optional[int]


def out_embed_dim_of(cfg: DecoderSizes) -> int:
    """The size of the vectors that are compared with the words of the vocabulary."""
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
