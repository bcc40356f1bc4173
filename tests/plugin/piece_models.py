"""Models with random weights that read SentencePiece's pieces of a toy text."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import sentencepiece
from fairseq.data import Dictionary

from fairseq_neurons import LoadedModel
from tests.untrained_models import DECODER, PAIR, opened, write_binarised, write_checkpoint

LINES = ["the lower prices fell", "she lowers the newest price", "new prices", "the fell tower is lowest"]


class PieceModel(NamedTuple):
    """A model, its folder with ``spm.model``, ``bin/1`` and ``raw.txt``, and what cuts text for it."""

    model: LoadedModel
    folder: Path
    processor: sentencepiece.SentencePieceProcessor

    def cut(self, lines: list[str]) -> list[str]:
        """Lines of pieces."""
        return [" ".join(self.processor.encode(line, out_type=str)) for line in lines]


def write_piece_model(folder: Path, test: list[str], **options: object) -> PieceModel:
    """Train SentencePiece on `LINES` and make a model of its pieces with random weights.

    Args:
        folder: to be filled.
        test: raw text of the subset ``test``, the same on both sides.
        options: of SentencePiece, such as ``model_type``.
    """
    prefix = folder / "spm"
    folder.mkdir(exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES * 20), model_prefix=str(prefix), minloglevel=2, hard_vocab_limit=False, **options
    )
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{prefix}.model")
    dictionary = Dictionary()
    for piece in range(3, processor.get_piece_size()):
        dictionary.add_symbol(processor.id_to_piece(piece))
    lines = [" ".join(processor.encode(line, out_type=str)) for line in test]
    for language in ("en", "fr"):
        write_binarised(folder / "bin" / "1" / f"test.en-fr.{language}", dictionary, lines)
        dictionary.save(str(folder / "bin" / "1" / f"dict.{language}.txt"))
    (folder / "raw.txt").write_text("".join(f"{line}\n" for line in test), encoding="utf-8")
    write_checkpoint(folder, "1", [*PAIR, *DECODER])
    return PieceModel(opened(folder, "1"), folder, processor)
