"""``--help``: every option of every command, with its default and what it does."""

from __future__ import annotations

import importlib

import pytest

from fairseq_neurons.ablation.curve_records import ORDERS
from fairseq_neurons.ablation.metrics.metric_registry import metric_names
from fairseq_neurons.commands.all_commands import COMMANDS
from fairseq_neurons.commands.help_page import help_page, help_template
from fairseq_neurons.commands.typed_options import Option, options_of
from fairseq_neurons.rankings.cross_model import METHODS

# What has several choices, and these.
CHOICES = {
    "ablate": {"metric": metric_names(), "order": ORDERS, "value": ("zero", "mean"), "site": ("recurrent", "output")},
    "correlate": {"method": METHODS},
    "extract": {"pooling": ("last", "first", "mean", "none"), "dtype": ("float16", "float32")},
    "inspect": {"color": ("always", "never", "auto")},
    "probe": {
        **{"solver": ("certified", "authors"), "balance": ("downsample",), "unseen": ("error", "ignore")},
        **{"class_weight": ("balanced",)},
    },
}


def options(name: str) -> dict[str, Option]:
    module = importlib.import_module(f"fairseq_neurons.commands.{name}")
    return options_of(getattr(module, f"{name.capitalize()}Config"))


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_option__is_described(name):
    found = options(name)
    assert found and [option.name for option in found.values() if not option.description] == []


@pytest.mark.parametrize(("command", "option"), [(c, o) for c, of_command in CHOICES.items() for o in of_command])
def test_choices__are_named(command, option):
    described = options(command)[option].description
    assert [choice for choice in CHOICES[command][option] if f"``{choice}``" not in described] == []


def test_page__has_names_defaults_and_plain_descriptions():
    found = [
        Option("train.labels", str, "???", "a file of ``NN``, see `labels_of` and :func:`.model_pairs.r_squared`."),
        Option("points", list[str], ["0%", "5%"], "how many; it costs $5."),
        Option("eos", bool, False, "whether."),
        Option("out", str | None, None, "none."),
    ]
    page = help_page("fairseq-neurons-x", "About it.", found)
    assert page.startswith("About it.\n\nfairseq-neurons-x option=value ...\n\n")
    assert "  train.labels=\n      a file of NN, see labels_of and model_pairs.r_squared.\n" in page
    assert "  points=[0%,5%]\n      how many; it costs $5.\n  eos=false\n" in page and "  out=null\n" in page


def test_template__keeps_dollars_and_shows_the_config_of_a_configured_command():
    assert help_template("$5", configured=False) == "$$5"
    assert help_template("$5", configured=True).startswith("$$5\n") and help_template("", True).endswith("$CONFIG")
