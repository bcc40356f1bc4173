"""The table of what fairseq evaluates is compared with fairseq's sources; a configuration is plain values."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path

import pytest
from fairseq.models import MODEL_REGISTRY
from fairseq.tasks import TASK_REGISTRY

import fairseq_neurons.plugin
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin import config_literals
from fairseq_neurons.plugin.architectures.adapter import is_registered
from fairseq_neurons.plugin.config_literals import check_config, evaluated_fields, evaluates
from fairseq_neurons.plugin.known_models import check_task
from tests.plugin.evaluated_sources import BUILT_IN, Site, file_of, reached_from, sites_in

# Calls that no checkpoint reaches, and why.
IMPORTERS = {  # of the files in their own folder, by the names of these files
    *("fairseq.criterions", "fairseq.data.encoders", "fairseq.data.audio", "fairseq.models", "fairseq.optim"),
    *("fairseq.optim.lr_scheduler", "fairseq.scoring", "fairseq.tasks", "fairseq.model_parallel.criterions"),
    *("fairseq.model_parallel.models",),
}
EXPLAINED = {
    Site("fairseq.utils", "eval", "x"): "the evaluators themselves: who calls them is looked for",
    Site("fairseq.utils", "import_module", "module_name"): "import_user_module itself, likewise",
    Site("fairseq.dataclass.utils", "eval_str_list", "x"): "another function of that name, which reads literals alone",
    Site("fairseq.options", "import_user_module", "usr_args"): "--user-dir of the command line",
    Site("fairseq.hub_utils", "import_user_module", "argparse.Namespace(user_dir=kwargs['user_dir'])"): (
        "an argument of from_pretrained"
    ),
    Site("fairseq.data.audio.raw_audio_dataset", "eval", "feature_encoder_spec"): "a data set of sound",
    **{
        Site("fairseq.distributed.utils", "eval_str_list", f"pipeline_{name}"): "a training on several machines"
        for name in ("balance", "devices", "encoder_devices", "decoder_devices")
    },
}


def is_known(name: str) -> bool:
    try:
        check_task("c.pt", name)
    except InputError:
        return False
    return True


def modules_of(kinds: list[type]) -> list[str]:
    """fairseq's modules in which some classes, and those they derive from, are defined."""
    found = {kind.__module__ for known in kinds for kind in known.__mro__}
    return sorted(module for module in found if module.startswith("fairseq."))


def built_modules() -> list[str]:
    """The modules of all that a checkpoint may name: architectures, tasks, and for fairseq-validate criterions too."""
    models = [model for model in MODEL_REGISTRY.values() if is_registered(model)]
    known = [TASK_REGISTRY[name] for name in TASK_REGISTRY if is_known(name)]
    chosen = [
        f"{package}.{file.stem}"
        for package in ("fairseq.criterions", "fairseq.data.encoders")
        for file in sorted(file_of(package).parent.glob("*.py"))
        if file.stem != "__init__"
    ]
    return [*modules_of([*models, *known]), *chosen]


def unknown_sites(modules: set[str]) -> list[Site]:
    found = [site for module in sorted(modules) for site in sites_in(module)]
    importers = {site for site in found if site.function == "import_module" and site.file in IMPORTERS}
    return [
        site
        for site in found
        if site not in importers and site not in EXPLAINED and site.argument not in evaluated_fields()
    ]


def test_every_text_that_fairseq_evaluates__is_checked():
    reached = reached_from(*built_modules())
    assert {"fairseq.models.lstm", "fairseq.modules.multihead_attention", "fairseq.utils"} <= reached
    assert unknown_sites(reached) == []


@pytest.mark.parametrize(
    ("module", "field"),
    [("models.fconv", "encoder_layers"), ("models.wav2vec.wav2vec2", "conv_feature_layers")]
    + [("tasks.multilingual_translation", "left_pad_source"), ("optim.adam", "adam_betas")],
)
def test_an_architecture_that_evaluates_more__would_be_found(module, field):
    assert field in {site.argument for site in unknown_sites(reached_from(f"fairseq.{module}"))}


def test_every_checked_field__is_one_that_fairseq_evaluates():
    found = {site.argument for module in reached_from(*built_modules()) for site in sites_in(module)}
    assert set(evaluated_fields()) <= found


def test_our_own_files__evaluate_nothing():
    files = sorted(Path(fairseq_neurons.__file__).parent.rglob("*.py"))
    calls = re.compile(rf"(?<![.\w])({'|'.join(BUILT_IN)})\(")
    assert len(files) > 200
    assert [file.name for file in files if calls.search(file.read_text(encoding="utf-8"))] == []


def test_architecture_that_evaluates_other_fields__declares_them(monkeypatch):
    monkeypatch.setattr(config_literals, "_EVALUATED", evaluated_fields())
    check_config("c.pt", {"model": {"my_sizes": "f()"}})
    evaluates(my_sizes=config_literals.INTEGERS)
    check_config("c.pt", {"model": {"my_sizes": "1, 2"}})
    with pytest.raises(InputError, match="my_sizes of its configuration, .* must be integers separated by commas"):
        check_config("c.pt", {"model": {"my_sizes": "f()"}})


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 0.5, "text", "a $HOME", "{'beam': 4}", "it's", [1, [2]], {"a": {1: 2}}, Namespace(a=1), ("x",)],
)
def test_plain_values__are_accepted(value):
    check_config("c.pt", {"model": {"field": value}})


@pytest.mark.parametrize("value", ["${a}", "x ${oc.env:HOME} y", r"{'a': ['\x24{b}']}", "'$' '{b}'", {"a": ["${b}"]}])
def test_references__are_refused_and_not_shown(value):
    with pytest.raises(InputError, match="refers to other values") as caught:
        check_config("c.pt", Namespace(field=value))
    assert "HOME" not in str(caught.value)


@pytest.mark.parametrize("name", ["__class__", 1.5, b"a", None])
def test_names_that_no_field_has__are_refused(name):
    with pytest.raises(InputError, match="a field of its configuration has an invalid name"):
        check_config("c.pt", {name: 1})
