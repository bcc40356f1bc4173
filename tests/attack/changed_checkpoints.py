"""Mutations of checkpoints that torch can open: hostile configs, and weights that are wrong."""

from __future__ import annotations

import io
import random
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import torch

from tests.attack.changed_arrays import other_zip_header
from tests.attack.changed_file import PAYLOADS, Changed, Mutation
from tests.attack.changed_json import VALUES

ARCHITECTURES = {
    "lstm": ("decoder_attention", "adaptive_softmax_cutoff", "encoder_freeze_embed", "decoder_freeze_embed"),
    "fconv": ("encoder_layers", "decoder_layers", "decoder_attention"),
    "transformer": ("adaptive_softmax_cutoff", "encoder_layers_to_keep", "quant_noise_pq"),
    "transformer_lm": ("adaptive_softmax_cutoff", "adaptive_input_cutoff", "decoder_layers_to_keep"),
    "lightconv": ("encoder_kernel_size_list", "decoder_kernel_size_list"),
    "wav2vec2": ("conv_feature_layers", "latent_temp"),
    "fconv_lm": ("decoder_layers", "adaptive_softmax_cutoff"),
    "lstm_lm": ("adaptive_softmax_cutoff", "decoder_attention"),
}
TASKS = {
    "multilingual_translation": ("left_pad_source", "left_pad_target"),
    "translation": ("left_pad_source", "eval_bleu_args"),
    "language_modeling": ("sample_break_mode", "shorten_data_split_list"),
    "masked_lm": ("mask_whole_words",),
}
NUMBERS = (0, -1, 1, 3, 7, 100_000, 10**9, 2**63, 1.5, float("nan"), "8", None)


def opened(content: bytes) -> Any:
    """A checkpoint of ours, which is trusted here."""
    return torch.load(io.BytesIO(content), weights_only=False)


def saved(state: Any) -> bytes:
    file = io.BytesIO()
    torch.save(state, file)
    return file.getvalue()


def _places(config: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    for key, value in config.items():
        yield config, key
        if isinstance(value, dict):
            yield from _places(value)


def other_setting(chance: random.Random, content: bytes) -> Changed:
    state = opened(content)
    parts = [state["cfg"][name] for name in ("model", "task")]
    container, key = chance.choice(list(_places(chance.choice((*parts, *parts, state["cfg"])))))
    value = chance.choice(PAYLOADS if chance.random() < 0.4 else (*VALUES, *NUMBERS))
    container[key] = value
    return Changed(saved(state), f"cfg: {key} is {str(value)[:50]!r}", True)


def other_size(chance: random.Random, content: bytes) -> Changed:
    state = opened(content)
    model = state["cfg"]["model"]
    sizes = [name for name, value in model.items() if isinstance(value, int) and not isinstance(value, bool)]
    key, value = chance.choice(sizes), chance.choice(NUMBERS)
    model[key] = value
    return Changed(saved(state), f"cfg.model.{key} is {value}", True)


def evaluated_setting(chance: random.Random, content: bytes) -> Changed:
    """Strings that fairseq evaluates, of architectures and tasks that have them."""
    state = opened(content)
    code = chance.choice(PAYLOADS[:3])
    if chance.random() < 0.75:
        kind, name = "model", chance.choice(list(ARCHITECTURES))
        settings = {"_name": name, "arch": name, **dict.fromkeys(ARCHITECTURES[name], code)}
    else:
        kind, name = "task", chance.choice(list(TASKS))
        settings = {"_name": name, **dict.fromkeys(TASKS[name], code)}
    kept = state["cfg"][kind] if chance.random() < 0.7 else {}
    merged = {**kept, **settings}
    form = chance.choice(("dict", "Namespace", "args"))
    state["cfg"][kind] = Namespace(**merged) if form == "Namespace" else merged
    if form == "args":
        flat = {**state["cfg"]["task"], **state["cfg"]["model"], **merged, "arch": "lstm_dalvi2019_joint"}
        flat = {**flat, "task": state["cfg"]["task"].get("_name"), **({"arch": name} if kind == "model" else {})}
        state.update(args=Namespace(**flat), cfg=None)
    return Changed(saved(state), f"{kind} {name} evaluates {code[:40]!r} ({form})", True)


def other_user_dir(chance: random.Random, content: bytes) -> Changed:
    state = opened(content)
    value = chance.choice(("hostile_module", "./hostile_module", "hostile_module.py"))
    for part, key in (("common", "user_dir"), ("task", "user_dir"), ("model", "user_dir")):
        state["cfg"].setdefault(part, {})[key] = value
    return Changed(saved(state), f"user_dir is {value}", True)


def pickled_code(chance: random.Random, content: bytes) -> Changed:
    import pathlib
    import subprocess

    class Runs:
        def __reduce__(self) -> tuple[Any, ...]:
            return pathlib.Path.touch, (pathlib.PosixPath("canary"),)

    state = opened(content)
    place = chance.choice(("extra", "model", "cfg"))
    value = chance.choice((Runs(), subprocess.Popen, eval))
    if place == "extra":
        state["extra"] = value
    else:
        state[place]["extra"] = value
    return Changed(saved(state), f"{place} has a pickle of {type(value).__name__}")


def other_weight(chance: random.Random, content: bytes) -> Changed:
    """Lost, additional, non-finite or of another size or type: none of them is a model."""
    state = opened(content)
    weights, how = (
        state["model"],
        chance.choice(("lost", "more", "nan", "inf", "shorter", "wider", "flat", "text", "int")),
    )
    name = chance.choice(list(weights))
    weight = weights[name]
    if how == "lost":
        del weights[name]
    elif how == "more":
        weights[f"more.{name}"] = weight
    elif how in ("nan", "inf"):
        weight.view(-1)[chance.randrange(weight.numel())] = float(how)
    else:
        weights[name] = {
            "shorter": lambda: weight[:-1].clone(),
            "wider": lambda: torch.cat([weight, weight[..., :1]], -1),
            "flat": lambda: weight.reshape(-1).clone()[:-1],
            "text": lambda: "weight",
            "int": lambda: weight.to(torch.complex64),
        }[how]()
    return Changed(saved(state), f"{name} {how}")


def exchanged_weights(chance: random.Random, content: bytes) -> Changed:
    """Another model, as far as anyone can tell."""
    state = opened(content)
    same = [name for name in state["model"] if "weight_hh" in name] or list(state["model"])
    a, b = chance.choice(same), chance.choice(same)
    state["model"][a], state["model"][b] = state["model"][b], state["model"][a]
    return Changed(saved(state), f"{a} and {b} exchanged", True)


def other_part(chance: random.Random, content: bytes) -> Changed:
    state = opened(content)
    key, value = chance.choice(list(state)), chance.choice(VALUES)
    state[key] = value
    if chance.random() < 0.3:
        state.pop(key)
    return Changed(saved(state), f"{key} is {str(value)[:30]!r} or lost", True)


CHECKPOINT: tuple[Mutation, ...] = (
    *(other_setting, other_setting, other_size, evaluated_setting, evaluated_setting, other_user_dir, pickled_code),
    *(other_weight, other_weight, exchanged_weights, other_part, other_zip_header),
)
