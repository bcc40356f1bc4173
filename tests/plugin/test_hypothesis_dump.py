"""States at the words of translations, whatever the order of batches; an incomplete dump leaves nothing."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from fairseq_neurons.activations import Activations
from fairseq_neurons.plugin import masked
from fairseq_neurons.plugin.architectures import adapter_for
from fairseq_neurons.plugin.dataset_sentences import Sentences
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.hypothesis_dump import HypothesisDump, forced
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel
from tests.plugin.architectures.test_transformer_fairseq import a_mask, recorded_states, sample_of, transformer
from tests.plugin.conftest import build, sentences

DATA, FOUND = sentences(seed=61, count=6), sentences(seed=62, count=6)


def started(out, model, pattern, dictionary, kept=range(6), **options) -> HypothesisDump:
    adapter = adapter_for(model)

    def start(spelled, kept, recorder) -> Dump:
        return Dump(out, spelled, kept, recorder, Provenance("0" * 64, "bin", "test"), **options)

    empty = Sentences(6, lambda i: np.zeros(0, int), dictionary, eos_first=True)
    return HypothesisDump(out, adapter, adapter.states(pattern), np.array(kept), empty, start)


def batch_of(*ids: int) -> tuple[dict, list]:
    """The sentences, and what a search returns of them: the best hypothesis is the first."""
    sample = {**sample_of([DATA[i] for i in ids], [FOUND[i] for i in ids]), "id": torch.tensor(ids)}
    worse = {"tokens": torch.tensor([5, 2])}
    return sample, [[{"tokens": torch.tensor(FOUND[i])}, worse] for i in ids]


@pytest.mark.parametrize("architecture", ["transformer", "lstm"])
@pytest.mark.parametrize("eos", [False, True])
def test_rows__are_the_masked_states_of_the_best_hypotheses(architecture, eos, dictionary, tmp_path):
    lstm = architecture == "lstm"
    model = build(LSTMDalvi2019JointModel, dictionary) if lstm else transformer(dictionary)
    pattern = "decoder.*.fwd" if lstm else "decoder.*"
    with masked(model, a_mask(model, pattern)):
        dump = started(tmp_path / "d", model, pattern, dictionary, kept=[0, 1, 2, 4, 5], eos=eos)
        for ids in ((4, 1), (5,), (0, 2)):
            assert dump.report() == ""
            dump.add(*batch_of(*ids))
        expected = recorded_states(model, sample_of(DATA, FOUND), pattern)
    written = Activations(tmp_path / "d")
    spelled = [[dictionary[token] for token in line[:-1]] for line in FOUND]
    assert written.sentences == [[*(["</s>"] * eos), *line] if i != 3 else [] for i, line in enumerate(spelled)]
    for i in (0, 1, 2, 4, 5):
        np.testing.assert_allclose(written.sentence(i), expected[i][1 - eos :], atol=1e-6)
    assert written.manifest.side == "target" and "dump written" in dump.report()


def test_incomplete_dump__leaves_nothing_and_says_so(dictionary, tmp_path, caplog):
    dump = started(tmp_path / "d", transformer(dictionary), "decoder.0.in", dictionary)
    dump.add(*batch_of(2, 3))
    dump.abort()
    dump.abort()
    assert list(tmp_path.iterdir()) == []
    assert [record.message for record in caplog.records if "not written" in record.message] == [
        f"{tmp_path / 'd'} was not written: 4 sentences have not been translated"
    ]


def test_forced_batch__begins_with_the_end_of_sentence_symbol(dictionary):
    read = forced(batch_of(0, 1)[0], [torch.tensor([5, 6, 2]), torch.tensor([2])], dictionary)
    assert read["net_input"]["prev_output_tokens"].tolist() == [[2, 5, 6], [2, 1, 1]]
