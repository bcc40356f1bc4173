"""What is typed for an option: labels are text, and what cannot be read is answered with what to type."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import OmegaConf

from fairseq_neurons.commands.ablate import AblateConfig
from fairseq_neurons.commands.probe import ProbeConfig
from fairseq_neurons.commands.typed_options import options_of
from fairseq_neurons.commands.typed_values import TypedValues
from fairseq_neurons.errors import InputError


def typed(config: type) -> TypedValues:
    return TypedValues("the-command", options_of(config), ["size"], config, False)


PROBE, ABLATE = typed(ProbeConfig), typed(AblateConfig)


def as_set(values: TypedValues, argument: str) -> object:
    """The value that the option has when Hydra has read the argument."""
    override = OverridesParser.create().parse_override(values.read(argument))
    config = OmegaConf.structured(values.config)
    OmegaConf.update(config, override.key_or_group, override.value())
    return OmegaConf.to_container(config)[override.key_or_group]


@pytest.mark.parametrize(
    "labels",
    [
        *(
            ["Inf"],
            ["NaN"],
            ["1e5"],
            ["NULL", "null"],
            ["TRUE", "no"],
            ["1_000", "+1", "007", ".5", "1."],
            ["-Inf", "NN"],
        ),
        *(["PRP$"], ["-", "_"], ["1-10"], ["Inf", "inf"], []),
    ],
)
def test_labels_of_a_list__are_the_text_that_was_typed(labels):
    assert as_set(PROBE, f"ignore=[{','.join(labels)}]") == as_set(PROBE, f"merge=[ {' , '.join(labels)} ]") == labels


def test_quotes_and_escapes_of_a_list__are_hydras():
    assert as_set(PROBE, """ignore=["a,1",'NaN',Inf]""") == ["a,1", "NaN", "Inf"]
    assert as_set(PROBE, r"ignore=[a\,1,2]") == ["a,1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Inf",
            "NaN",
            "1e5",
            "NULL",
            "True",
            "0x1",
            "1_000",
            "``",
            "$(",
            "$,",
            ",",
            "a,b",
            "''",
            "(",
            "a[1].txt",
            "[a]",
        ),
        *("{a}", "b (2).txt", "it's", "Präp", "a=b", "x#y", "-LRB-", "PRP$"),
    ],
)
def test_text__is_what_was_typed(text):
    assert as_set(ABLATE, f"at={text}") == (text if text != "''" else "")


def test_null_and_quotes_and_interpolations__keep_their_meaning():
    assert as_set(ABLATE, "column=null") is None
    assert as_set(ABLATE, "column='null'") == "null"
    assert as_set(ABLATE, 'at="a b"') == "a b"
    assert ABLATE.read("out=curves/${site}") == "out=curves/${site}"


def test_several_values__stay_apart():
    several = replace(ABLATE, several=True)
    assert several.read("at=Inf,NN,1e5") == "at='Inf',NN,'1e5'"
    assert several.read("seed=1,2") if "seed" in several.options else several.read("seeds=1,2") == "seeds=1,2"
    assert several.read("rankings=[1,a],[b]") == "rankings=['1',a],[b]"
    assert several.read("at=range(1,3)") == "at=range(1,3)"


@pytest.mark.parametrize("argument", ["hydra.mode=MULTIRUN", "+x=1", "~out", "size=paper"])
def test_what_is_hydras__is_left_to_hydra(argument):
    assert ABLATE.read(argument) == argument


def test_options_of_a_mapping__are_added_as_they_are_typed():
    assert ABLATE.read("metric_options.at=Inf") == "++metric_options.at='Inf'"
    assert ABLATE.read("metric_options.at=null") == "++metric_options.at=null"


@pytest.mark.parametrize(
    ("argument", "sentence"),
    [
        ("ignor=[NN]", "there is no option ignor=; did you mean ignore=? See the-command --help."),
        ("quux=1", "there is no option quux=; see the-command --help."),
        ("out", "out: give options as name=value; see the-command --help."),
        ("l1=much", "l1=much: give a number."),
        ("l1=[", "l1=[: give a number."),
        ("seed=1.5", "seed=1.5: give an integer."),
        ("most_frequent=few", "most_frequent=few: give an integer."),
        ("control=maybe", "control=maybe: give true or false."),
        ("seed=1,2", "seed=1,2: --multirun runs the command once with each of several values."),
        ("fractions=1,2", "fractions=1,2: fractions=[1,2] is a list, and --multirun runs the command once with each"),
    ],
)
def test_what_cannot_be_read__is_one_sentence(argument, sentence):
    with pytest.raises(InputError) as raised:
        PROBE.read(argument)
    assert str(raised.value).startswith(sentence)


@pytest.mark.parametrize(
    ("value", "labels"),
    [
        ("[``]", ["``"]),
        ("[$(,NN]", ["$(", "NN"]),
        ("[``,'',PRP$]", None),
        ("[#,(]", ["#", "("]),
        ("NN", ["NN"]),
        ("[NN", None),
        ("[,]", None),
    ],
)
def test_list_that_cannot_be_read__is_answered_with_one_that_can(value, labels):
    with pytest.raises(InputError) as raised:
        PROBE.read(f"ignore={value}")
    sentence = str(raised.value)
    before, _, answer = sentence.partition("what is more than letters and digits: ")
    assert before == f"ignore={value}: give a list, with quotes around " and answer.endswith(".")
    (shown,) = shlex.split(answer[:-1])
    read = as_set(PROBE, shown)
    assert read == labels if labels else isinstance(read, list)
