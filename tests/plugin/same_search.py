"""A fast search beside fairseq's own: the same hypotheses, with the same scores and attention."""

from __future__ import annotations

import torch
from fairseq.data import Dictionary
from fairseq.sequence_generator import SequenceGenerator

from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.models.translation_lstm import LSTMDalvi2019JointModel, LSTMDalvi2019Model
from tests.plugin.conftest import batch, sentences

MODELS = {"separate": LSTMDalvi2019Model, "joint": LSTMDalvi2019JointModel}
# Options of the search that are each tried alone.
OPTIONS = [
    {"normalize_scores": False},
    {"len_penalty": 0.3},
    {"unk_penalty": 3.0},
    {"unk_penalty": -30.0},
    {"min_len": 4},
    {"max_len": 6},
    {"temperature": 2.5},
    {"match_source_len": True},
    {"no_repeat_ngram_size": 2},
]


def dictionary_of(words: int) -> Dictionary:
    """A dictionary that is not filled up to a round number of words."""
    dictionary = Dictionary()
    for i in range(words):
        dictionary.add_symbol(f"w{i}")
    dictionary.finalize(padding_factor=1)
    return dictionary


def sample_of(data: list[list[int]]) -> dict:
    """A batch of sentences."""
    tokens, lengths = batch(data)
    return {"id": torch.arange(len(data)), "net_input": {"src_tokens": tokens, "src_lengths": lengths}}


def that_ends(model):
    """One whose sentences come to an end now and then, which random weights alone hardly ever do."""
    with torch.no_grad():
        model.decoder.fc_out.bias[2] += 3.0 if len(model.decoder.fc_out.bias) < 100 else 3.6
    return model


def with_targets(seed: int) -> tuple[dict, torch.Tensor]:
    """A batch with references, and these."""
    sample = sample_of(sentences(seed=seed))
    target, _ = batch(sentences(seed=seed + 100), left_pad=False)
    previous = torch.cat([torch.full((len(target), 1), 2), target[:, :-1]], dim=1)
    previous[previous.eq(2) & (torch.arange(target.size(1)) > 0)] = 1
    sample["net_input"]["prev_output_tokens"], sample["target"] = previous, target
    return sample, target


def assert_same_search(
    model, dictionary, data, ours=SharedStatesGenerator, prefix=None, constraints=None, strategy=None, **options
) -> list:
    """Search with fairseq's generator and with ours; returns the hypotheses of ours."""
    found = []
    for generator_class in (SequenceGenerator, ours):
        torch.manual_seed(5)
        chosen = {} if strategy is None else {"search_strategy": strategy(dictionary)}
        generator = generator_class([model], dictionary, **{"max_len_b": 20, **options}, **chosen)
        found.append(generator.generate([model], sample_of(data), prefix_tokens=prefix, constraints=constraints))
    for theirs, hypotheses in zip(*found, strict=True):
        assert [h["tokens"].tolist() for h in theirs] == [h["tokens"].tolist() for h in hypotheses]
        for expected, hypothesis in zip(theirs, hypotheses, strict=True):
            assert expected.keys() == hypothesis.keys()
            for part in ("score", "positional_scores", "attention"):
                torch.testing.assert_close(hypothesis[part], expected[part], atol=3e-5, rtol=3e-5)
    return found[1]
