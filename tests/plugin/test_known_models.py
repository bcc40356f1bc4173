"""What a checkpoint names and configures is checked before anything of it is built."""

from __future__ import annotations

import argparse
import re

import pytest
import torch

from fairseq_neurons import load_model
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import open_checkpoint
from fairseq_neurons.plugin.known_models import check_buildable, check_translation_architecture
from tests.end_to_end.conftest import TRANSLATION
from tests.plugin.hostile_checkpoints import HOSTILE, with_args, with_section
from tests.running import fail


@pytest.fixture(scope="module")
def good(untrained) -> dict:
    return open_checkpoint(str(untrained / "models" / "1" / "checkpoint_best.pt"))


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_checkpoint__is_refused_in_a_sentence_and_nothing_of_it_runs(
    untrained, good, tmp_path, monkeypatch, name
):
    monkeypatch.setenv("HOME", "the-secret")
    torch.save(HOSTILE[name](good, tmp_path / "canary"), tmp_path / "c.pt")
    with pytest.raises(InputError, match=r"c\.pt (is|was)") as caught:
        load_model(tmp_path / "c.pt", untrained / "bin" / "1")
    assert not (tmp_path / "canary").exists()
    assert "the-secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("change", [lambda state: state, with_args])
def test_good_checkpoint__is_accepted(good, change):
    check_buildable("c.pt", change(good))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("decoder_attention", value) for value in ("True", "0", False, None)),
        *(("adaptive_softmax_cutoff", value) for value in ("10000,50000", "5", [1, 2], None)),
        ("character_filters", "[(1, 64), (2, 128)]"),
        ("xformers_att_config", "{'name': 'scaled_dot_product'}"),
    ],
)
def test_literals__are_accepted(good, field, value):
    check_buildable("c.pt", with_section(good, "model", **{field: value}))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("translation_lev", "for the task 'translation_lev', not for translation"), ("theirs", "which is not known here")],
)
def test_other_tasks__are_named(good, name, sentence):
    with pytest.raises(InputError, match=sentence):
        check_buildable("c.pt", with_section(good, "task", _name=name))


def test_old_arguments_without_a_task__are_of_a_translation(good):
    state = with_args(good)
    delattr(state["args"], "task")
    check_buildable("c.pt", state)


def test_both_configurations__are_checked(good):
    state = {**good, "args": argparse.Namespace(arch="fconv")}
    with pytest.raises(InputError, match="'fconv': FConvModel has no neurons"):
        check_buildable("c.pt", state)


def test_user_dir_of_a_checkpoint__is_not_imported(untrained, good, tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "__init__.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')")
    torch.save(with_section(good, "common", user_dir=str(tmp_path / "theirs")), tmp_path / "c.pt")
    load_model(tmp_path / "c.pt", untrained / "bin" / "1")
    assert not (tmp_path / "canary").exists()


def test_language_model__is_no_translation_model(untrained):
    checkpoint = untrained / "models" / "lm" / "checkpoint_best.pt"
    generate = ["fairseq-generate", untrained / "bin" / "1", *TRANSLATION, "--gen-subset", "test", "--path", checkpoint]
    assert "was trained for the task 'language_modeling_neurons': give --task language_modeling_neurons" in fail(
        *generate
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("transformer_of_mine", "arch=transformer_of_mine: fairseq has no such architecture"),
        ("fconv_iwslt_de_en", "arch=fconv_iwslt_de_en: FConvModel has no neurons that can be dumped or masked: use "),
        ("transformer_lm_gpt", "arch=transformer_lm_gpt: TransformerLanguageModel does not translate."),
    ],
)
def test_translation_architectures__are_those_that_translate_and_have_neurons(name, sentence):
    for translates in ("lstm_dalvi2019", "lstm", "transformer_iwslt_de_en"):
        check_translation_architecture(translates)
    with pytest.raises(InputError, match=re.escape(sentence)):
        check_translation_architecture(name)
