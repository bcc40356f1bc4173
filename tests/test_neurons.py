from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairseq_neurons.errors import InputError
from fairseq_neurons.neurons import Block, Neurons

PAPER = Neurons.of(Block("encoder", layer, d, 500) for layer in (0, 1) for d in ("fwd", "bwd"))
blocks = st.lists(
    st.builds(
        Block,
        module=st.sampled_from(["encoder", "decoder"]),
        layer=st.integers(0, 5),
        part=st.sampled_from(["fwd", "bwd", "ffn"]),
        size=st.integers(1, 40),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda block: block.name,
)


def test_neuron_1902__is_unit_402_of_the_upper_backward_layer():
    assert PAPER.name(1902) == "encoder.1.bwd.402"
    assert PAPER.index("encoder.1.bwd.402") == PAPER.index("1902") == 1902


@given(blocks)
def test_names_and_indices__are_inverse_to_each_other(chosen):
    neurons = Neurons.of(chosen)
    assert [neurons.index(neurons.name(i)) for i in range(len(neurons))] == list(range(len(neurons)))


@given(blocks)
def test_json__round_trips(chosen):
    neurons = Neurons.of(chosen)
    assert Neurons.from_json(neurons.to_json(), "here") == neurons


def test_select__takes_indices_names_and_patterns_without_repeats():
    assert PAPER.select("7, encoder.0.fwd.7,encoder.1.bwd.49?").tolist() == [7, *range(1990, 2000)]
    assert len(PAPER.select("*.bwd.*")) == 1000


@pytest.mark.parametrize(
    ("patterns", "sentence"),
    [
        ("2000", "Neuron 2000 is out of range: this model has neurons 0 to 1999"),
        ("-1", "Neuron -1 is out of range"),
        ("encoder.2.fwd.1", "There is no neuron 'encoder.2.fwd.1'"),
        ("decoder.*", "No neuron matches 'decoder.*'"),
        (" , ", "names no neuron"),
    ],
)
def test_select__refuses_what_is_not_there(patterns, sentence):
    with pytest.raises(InputError, match=sentence.replace("*", r"\*")):
        PAPER.select(patterns)


@pytest.mark.parametrize(
    "broken",
    [
        *([], [{}], "text", None, [3]),
        [{"module": "encoder", "layer": 0, "size": 3}],
        *([{"module": "encoder", "layer": 0, "part": part, "size": 3}] for part in ("", "a.b", "a b", "7", "*", "é")),
        [{"module": "encoder", "layer": 0, "direction": "a.b", "size": 3}],
        [{"module": "encoder", "layer": -1, "part": "fwd", "size": 3}],
        [{"module": "encoder", "layer": 0, "part": "fwd", "size": 0}],
    ],
)
def test_broken_blocks__are_refused_by_name(broken):
    with pytest.raises(InputError, match="ranking.json"):
        Neurons.from_json(broken, "ranking.json")


@pytest.mark.parametrize("field", ["part", "direction"])
def test_blocks__have_any_plain_part_under_its_new_or_its_old_name(field):
    found = Neurons.from_json([{"module": "encoder", "layer": 3, field: "ffn", "size": 4}], "manifest.json")
    assert found == Neurons.of([Block("encoder", 3, "ffn", 4)])
    assert found.to_json() == [{"module": "encoder", "layer": 3, "part": "ffn", "size": 4}]


PARTS = Neurons.of(Block("encoder", layer, part, 2) for layer in (0, 1, 3) for part in ("ffn", "out"))


def test_states__are_blocks_in_column_order():
    assert PARTS.states("encoder.3.out, encoder.0.*") == PARTS.states(["encoder.0.ffn", "encoder.[03].out"])
    assert [block.name for block in PARTS.states("*.out").blocks] == ["encoder.0.out", "encoder.1.out", "encoder.3.out"]
    with pytest.raises(InputError, match=r"no states 'decoder.\*'; it has encoder.0-1\+3.ffn, encoder.0-1\+3.out."):
        PARTS.states("*.ffn,decoder.*")
    with pytest.raises(InputError, match="names no states"):
        PARTS.states(" , ")


def test_columns__are_found_among_others():
    assert PARTS.states("encoder.1.*").columns_in(PARTS, "d").tolist() == [4, 5, 6, 7]
    assert PARTS.columns_in(PARTS, "d").tolist() == list(range(12))
    with pytest.raises(InputError, match="d has no states of encoder.0-1.+3.ffn; it has encoder.0-1.+3.out"):
        PARTS.columns_in(PARTS.states("*.out"), "d")


def test_many_blocks__are_listed_layers_together():
    blocks = [Block("encoder", 0, "in", 8), *(Block("encoder", i, p, 9) for i in range(5) for p in ("ffn", "out"))]
    assert str(Neurons.of(blocks)) == "encoder.0.in (8) + encoder.0-4.ffn (9 each) + encoder.0-4.out (9 each)"
    assert str(Neurons.of(blocks[:2])) == "encoder.0.in (8) + encoder.0.ffn (9)"
