"""A config of one's own that cannot be read is one sentence with its name, and with the line where there is one."""

from __future__ import annotations

import pytest

from fairseq_neurons.commands.config_files import check_config_files
from fairseq_neurons.errors import InputError
from tests.running import fail

GOOD = "# @package _global_\nname: mine\nsrc: en\ntgt: fr\n"


def refused(tmp_path, content: bytes, flag: tuple[str, ...] = ("--config-dir", "FOLDER")) -> str:
    (tmp_path / "experiment").mkdir(parents=True)
    (tmp_path / "experiment" / "mine.yaml").write_bytes(content)
    flags = [part.replace("FOLDER", str(tmp_path)) for part in flag]
    with pytest.raises(InputError) as raised:
        check_config_files(["experiment=mine", *flags, "size=small"], ["experiment", "size"])
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (GOOD.encode("utf-16"), "mine.yaml is not UTF-8 text"),
        (b"name: mine\n  src: en\n", "mine.yaml, line 2: this is not YAML (mapping values are not allowed here)"),
        (b"name: mine\nname: other\n", "mine.yaml, line 2: this is not YAML (found duplicate key name)"),
        (b"name: \x00\n", "mine.yaml is not YAML (unacceptable character #x0000"),
        (b"x: !!python/object/apply:os.system ['true']\n", "mine.yaml, line 1: this is not YAML (could not determine"),
        (b"- name: mine\n", "mine.yaml is a list; a config is a mapping"),
        (b"# @packge _global_\nname: mine\n", "mine.yaml, line 1: '# @' begins a header"),
        (b"x: " + b"[" * 5000, "mine.yaml"),
    ],
)
def test_file_that_cannot_be_read__is_named(tmp_path, content, sentence):
    assert sentence in refused(tmp_path, content)


def test_flag__is_understood_in_all_its_spellings(tmp_path):
    for number, flag in enumerate((["--config-dir=FOLDER"], ["-cd", "FOLDER"], ["--config-dir", "FOLDER"])):
        assert "is a list" in refused(tmp_path / str(number), b"[]", tuple(flag))


def test_command_line__may_be_empty_or_end_with_the_flag():
    check_config_files([], ["size"])
    check_config_files(["size=small", "--config-dir"], ["size"])


def test_file_that_does_not_fit_the_options__is_named_with_the_option(tmp_path):
    (tmp_path / "size").mkdir()
    (tmp_path / "size" / "mine.yaml").write_text("epochs: many\n")
    paper = ["fairseq-neurons-paper", "--config-dir", tmp_path, "experiment=en-fr", "size=mine", "corpus=x"]
    assert "size/mine.yaml, size.epochs: Value 'many' of type 'str' could not be converted to Integer." in fail(*paper)
    (tmp_path / "size" / "mine.yaml").write_text("epoch: 3\n")
    assert "size/mine.yaml" in (sentence := fail(*paper)) and "epoch" in sentence
