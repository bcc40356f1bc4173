"""The files of the toy corpus."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from fairseq_neurons.toy_corpus.corpus_files import write_corpus
from fairseq_neurons.toy_corpus.phrases import LABEL_SETS

# Of the names and bytes of all files; models of the demo are comparable only as long as it stays the same.
SHA256 = "770564a07093a60f74ee04e05e4f9f2cfbbfbe89d558962c6b4b420b98116f34"

SCRIPT = """import pathlib, sys; from fairseq_neurons.toy_corpus.corpus_files import write_corpus
write_corpus(pathlib.Path(sys.argv[1]), 60, 10, 10)"""


def test_files__have_the_same_bytes_in_every_process_and_a_label_for_every_word(tmp_path: Path) -> None:
    write_corpus(tmp_path / "here", train=60, valid=10, test=10)
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "there")]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    kinds = ("en", "fr", *(f"en.{labels}" for labels in LABEL_SETS))
    sources: list[str] = []
    for split, sentences in {"train": 60, "valid": 10, "test": 10}.items():
        written = {kind: (tmp_path / "here" / f"{split}.{kind}").read_bytes() for kind in kinds}
        assert all((tmp_path / "there" / f"{split}.{kind}").read_bytes() == written[kind] for kind in kinds)
        lines = {kind: text.decode("utf-8").split("\n") for kind, text in written.items()}
        assert all(len(rows) == sentences + 1 and rows[-1] == "" for rows in lines.values())
        for labels in LABEL_SETS:
            assert [row.count(" ") for row in lines[f"en.{labels}"]] == [row.count(" ") for row in lines["en"]]
        sources += lines["en"][:-1]
    assert len(set(sources)) == 80
    assert len(list((tmp_path / "here").iterdir())) == 3 * len(kinds)


def test_text__is_that_of_all_earlier_versions(tmp_path: Path) -> None:
    write_corpus(tmp_path, train=30, valid=5, test=5, seed=1)
    files = sorted(tmp_path.iterdir())
    content = b"".join(file.name.encode() + b"\n" + file.read_bytes() for file in files)
    assert hashlib.sha256(content).hexdigest() == SHA256
