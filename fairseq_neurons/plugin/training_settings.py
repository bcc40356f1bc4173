"""Settings of a checkpoint that only its training needed: other files and programs, which may be missing by now."""

from typing import Any

# Pretrained word embeddings: their values are among the checkpoint's weights.
EMBEDDING_FILES = ("encoder_embed_path", "decoder_embed_path")


def forget_embedding_files(model: Any) -> None:
    """Read no file of pretrained embeddings when a trained model is built.

    Args:
        model: its configuration, a Namespace or of OmegaConf; changed in place.
    """
    for name in EMBEDDING_FILES:
        if getattr(model, name, None):
            setattr(model, name, None)


def forget_training(cfg: Any) -> None:
    """Build a trained model without what its training read and measured.

    fairseq builds a generator and a tokenizer, Moses' for example, for a model that measures BLEU (``--eval-bleu``).

    Args:
        cfg: the configuration of a checkpoint, of OmegaConf; changed in place.
    """
    forget_embedding_files(cfg.model)
    if getattr(cfg.task, "eval_bleu", False):
        cfg.task.eval_bleu = False
