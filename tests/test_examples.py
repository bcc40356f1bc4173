"""The scripts that prepare the paper's corpora, on made-up archives."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"

pytest.importorskip("sacremoses", reason="the scripts tokenise with sacremoses, which is no dependency of ours")


def prepare(name: str, *options: object) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(EXAMPLES / name / "prepare.sh"), *map(str, options)]
    environment = {**os.environ, "PYTHON": sys.executable}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_iwslt__trains_and_validates_on_talks_and_tests_on_the_held_out_sets(tmp_path):
    talks = tmp_path / "de-en"
    talks.mkdir()
    for language in ("de", "en"):
        lines = ["<url>u</url>", "<title>t</title>", *(f" Satz {i}, ja & nein." for i in range(46)), "</doc>"]
        (talks / f"train.tags.de-en.{language}").write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        for name in ("TED.dev2010", "TEDX.dev2012", "TED.tst2010", "TED.tst2011", "TED.tst2012"):
            xml = f'<doc>\n<seg id="1"> {name} &amp; Co. </seg>\n</doc>\n'
            (talks / f"IWSLT14.{name}.de-en.{language}.xml").write_text(xml, encoding="utf-8")
    with tarfile.open(tmp_path / "de-en.tgz", "w:gz") as archive:
        archive.add(talks, "de-en")
    done = prepare("iwslt14_de_en", tmp_path / "out", tmp_path / "de-en.tgz")
    assert done.returncode == 0, done.stderr
    found = {path.name: path.read_text(encoding="utf-8").splitlines() for path in (tmp_path / "out").iterdir()}
    assert {name: len(lines) for name, lines in found.items()} == {
        f"{split}.{language}": count
        for split, count in (("train", 44), ("valid", 2), ("test", 5))
        for language in ("de", "en")
    }
    assert found["train.de"][0] == "Satz 0 , ja & nein ." and found["valid.en"][0] == "Satz 22 , ja & nein ."
    assert found["test.en"][1] == "TEDX.dev2012 & Co ."


def test_united_nations__keeps_the_sides_in_step_over_a_lone_carriage_return(tmp_path):
    for language in ("en", "fr"):
        lines = [f"number{chr(13)} {i}" if (language, i) == ("en", 1) else f"number {i}" for i in range(8010)]
        (tmp_path / f"UNv1.0.en-fr.{language}").write_bytes("".join(line + "\n" for line in lines).encode())
    done = prepare("un_en_fr", tmp_path / "out", tmp_path, 10)
    assert done.returncode == 0, done.stderr
    for split, first, last in (("train", 0, 9), ("valid", 10, 4009), ("test", 4010, 8009)):
        for language in ("en", "fr"):
            lines = (tmp_path / "out" / f"{split}.{language}").read_text(encoding="utf-8").split("\n")
            assert (lines[0], lines[-2]) == (f"number {first}", f"number {last}")
    too_few = prepare("un_en_fr", tmp_path / "more", tmp_path, 11)
    assert too_few.returncode == 1 and "has fewer than 8011 pairs" in too_few.stderr
