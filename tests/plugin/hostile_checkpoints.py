"""Checkpoints that would run code, read the environment or hang if they were believed: changes of a good one.

A change takes the content of a checkpoint, and a file that must not appear.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Change = Callable[[dict, Path], dict]


def code(canary: Path) -> str:
    """An expression that leaves a file behind when it is evaluated."""
    return f"open({str(canary)!r}, 'w')"


def with_section(state: dict, part: str, **fields: object) -> dict:
    """Some fields of a section of ``cfg`` replaced."""
    return {**state, "cfg": {**state["cfg"], part: {**state["cfg"][part], **fields}}}


def with_namespace(state: dict, part: str, **fields: object) -> dict:
    """The same, the section a Namespace, as fairseq stores that of an architecture without a config class."""
    section = argparse.Namespace(**{**state["cfg"][part], **fields})
    return {**state, "cfg": {**state["cfg"], part: section}}


def with_args(state: dict, **fields: object) -> dict:
    """As fairseq wrote checkpoints before it had configs: one flat Namespace."""
    named = {name: part["_name"] for name, part in state["cfg"].items() if isinstance(part, dict) and "_name" in part}
    flat = {key: value for part in state["cfg"].values() if isinstance(part, dict) for key, value in part.items()}
    del flat["_name"]
    args = argparse.Namespace()
    vars(args).update({**flat, **named, "arch": named["model"], **fields})
    return {**{key: value for key, value in state.items() if key != "cfg"}, "args": args}


FORMS: dict[str, Callable[..., dict]] = {
    "cfg": lambda state, **fields: with_section(state, "model", **fields),
    "namespace": lambda state, **fields: with_namespace(state, "model", **fields),
    "args": with_args,
}
# Fields that fairseq evaluates, of an architecture that is known here.
EVALUATED = (
    *("decoder_attention", "adaptive_softmax_cutoff", "adaptive_input_cutoff", "character_filters"),
    *("xformers_att_config", "encoder_xformers_att_config", "decoder_xformers_att_config", "wer_args"),
)
# Architectures with a field that they evaluate: those that are known here, and others.
ARCHITECTURES = {
    "lstm": "decoder_attention",
    "transformer": "adaptive_softmax_cutoff",
    "transformer_iwslt_de_en": "xformers_att_config",
    "fconv": "encoder_layers",
    "fconv_lm": "decoder_layers",
    "fconv_self_att": "self_attention",
    "lightconv": "adaptive_softmax_cutoff",
    "wav2vec": "conv_feature_layers",
    "wav2vec2": "conv_feature_layers",
    "hubert": "conv_feature_layers",
}


def evaluated(form: str, field: str) -> Change:
    return lambda state, canary: FORMS[form](state, **{field: code(canary)})


def architecture(form: str, name: str) -> Change:
    # The name is in two places; both are believed.
    return lambda state, canary: FORMS[form](state, _name=name, arch=name, **{ARCHITECTURES[name]: code(canary)})


def task(form: str) -> Change:
    names = {"_name": "multilingual_translation", "task": "multilingual_translation"}

    def change(state: dict, canary: Path) -> dict:
        fields = {**names, "left_pad_source": code(canary), "lang_pairs": "en-fr", "target_lang": "fr"}
        if form == "args":
            return with_args(state, **fields)
        return (with_section if form == "cfg" else with_namespace)(state, "task", **fields)

    return change


def nested(depth: int) -> list:
    found: list = []
    for _ in range(depth):
        found = [found]
    return found


def endless() -> dict:
    found: dict = {}
    found["again"] = found
    return found


def doubled(times: int) -> list:
    """A few lists that name 2 ** times values."""
    found: list = [0]
    for _ in range(times):
        found = [found, found]
    return found


OTHERS: dict[str, Change] = {
    "a second name of the task": lambda state, canary: with_section(
        state, "task", task="multilingual_translation", left_pad_source=code(canary)
    ),
    "a second name of the architecture": lambda state, canary: with_section(
        state, "model", arch="fconv", encoder_layers=code(canary)
    ),
    "a name within the arguments": lambda state, canary: with_args(
        state, _name="multilingual_translation", left_pad_source=code(canary)
    ),
    "nested in a section": lambda state, canary: with_section(
        state, "model", decoder={"xformers_att_config": code(canary)}
    ),
    "bytes": lambda state, canary: with_section(state, "model", decoder_attention=code(canary).encode()),
    "in a list": lambda state, canary: with_section(state, "model", adaptive_softmax_cutoff=[code(canary)]),
    "a call within a literal": lambda state, canary: with_section(
        state, "model", adaptive_softmax_cutoff=f"[100, {code(canary)}]"
    ),
    "an interpolation": lambda state, _: with_section(state, "task", data="${oc.env:HOME}"),
    "an interpolation elsewhere": lambda state, _: with_section(state, "common", wandb_project="${oc.env:HOME}"),
    "an interpolation in arguments": lambda state, _: with_args(state, wandb_project="a ${oc.env:HOME}"),
    "an interpolation in a list": lambda state, _: with_section(state, "common", lr=["${oc.env:HOME}"]),
    "a hidden interpolation": lambda state, _: with_args(state, lr=r"['\x24{oc.env:HOME}']"),
    "nesting": lambda state, _: with_section(state, "model", more=nested(400)),
    "no end": lambda state, _: with_section(state, "model", more=endless()),
    "many values in few bytes": lambda state, _: with_section(state, "model", more=doubled(40)),
    "a section that is a list": lambda state, _: {**state, "cfg": {**state["cfg"], "model": [1]}},
    "no sections": lambda state, _: {**state, "cfg": argparse.Namespace(**state["cfg"])},
    "arguments in a dictionary": lambda state, _: {**state, "args": {"arch": "lstm"}},
    "an attribute of Python": lambda state, _: with_args(state, **{"__class__": "x"}),
    "no names": lambda state, _: {**state, "cfg": {**state["cfg"], "task": {}, "model": {}}},
}

HOSTILE: dict[str, Change] = {
    **{f"{field} in {form}": evaluated(form, field) for form in FORMS for field in EVALUATED},
    **{f"{name} in {form}": architecture(form, name) for form in FORMS for name in ARCHITECTURES},
    **{f"multilingual_translation in {form}": task(form) for form in FORMS},
    **OTHERS,
}
