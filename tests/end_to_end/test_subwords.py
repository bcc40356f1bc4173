"""Models of subwords: the dump has a row a word, spelled as in the text."""

from __future__ import annotations

import numpy as np
import pytest
import sentencepiece

from fairseq_neurons.activations import Activations
from tests.end_to_end.conftest import DECODER, ENCODER, TRAINING, TRANSLATION
from tests.running import succeed

LINES = ["the lower prices fell", "she lowers the newest price", "new prices", "the fell tower is lowest", "ñandú fell"]


def cut_bpe(line: str) -> str:
    """Words of more than three letters are cut in two."""
    return " ".join(f"{word[:3]}@@ {word[3:]}" if len(word) > 3 else word for word in line.split())


@pytest.fixture(params=["bpe", "sentencepiece"])
def subword_model(request, tmp_path):
    """A folder with raw text, the pieces of it, and a model trained on these; the last line has unknown pieces."""
    (tmp_path / "raw.txt").write_text("\n".join(LINES) + "\n", encoding="utf-8")
    if request.param == "sentencepiece":
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(LINES[:-1] * 20), model_prefix=str(tmp_path / "spm"), vocab_size=26, minloglevel=2
        )
        processor = sentencepiece.SentencePieceProcessor(model_file=str(tmp_path / "spm.model"))
        pieces = [" ".join(processor.encode(line, out_type=str)) for line in LINES]
    else:
        pieces = [cut_bpe(line) for line in LINES]
    for language in ("en", "fr"):
        (tmp_path / f"train.{language}").write_text("\n".join(pieces[:-1] * 10) + "\n", encoding="utf-8")
        (tmp_path / f"test.{language}").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    files = ["--trainpref", "train", "--validpref", "train", "--testpref", "test", "--destdir", "bin"]
    succeed("fairseq-preprocess", "-s", "en", "-t", "fr", *files, folder=tmp_path)
    sizes = ["--arch", "lstm_dalvi2019_joint", *ENCODER, *DECODER, "--max-epoch", 1, "--save-dir", "m"]
    succeed("fairseq-train", "bin", *TRANSLATION, *sizes, *TRAINING, folder=tmp_path)
    return request.param, tmp_path


def test_dump_of_subwords__has_a_row_for_every_word(subword_model):
    kind, folder = subword_model
    checkpoint = "m/checkpoint_best.pt"
    generate = ["fairseq-generate", "bin", *TRANSLATION, "--path", checkpoint, "--gen-subset", "test"]
    text = ["--dump-text", "test.en"]
    for pooling in ("last", "none"):
        dump = ["--dump-activations", pooling, "--dump-pooling", pooling]
        succeed(*generate, *dump, *text, folder=folder)
    pooled, pieces = Activations(folder / "last"), Activations(folder / "none")
    assert pooled.manifest.subwords == kind
    assert [" ".join(words) for words in pooled.sentences] == LINES
    raw = (folder / "test.en").read_text(encoding="utf-8").splitlines()
    assert [" ".join(words) for words in pieces.sentences] == raw
    for s in range(len(LINES)):
        rows, all_rows = pooled.sentence(s), pieces.sentence(s)
        np.testing.assert_allclose(rows[-1], all_rows[-1], atol=1e-6)
        assert len(rows) == len(LINES[s].split()) <= len(all_rows)
    if kind == "sentencepiece":
        options = [f"checkpoint={checkpoint}", "data=bin", "text=raw.txt", "sentencepiece=spm.model", "out=raw"]
        succeed("fairseq-neurons-extract", *options, folder=folder)
        np.testing.assert_allclose(Activations(folder / "raw").values, pooled.values, atol=1e-6)
        assert Activations(folder / "raw").sentences == pooled.sentences
