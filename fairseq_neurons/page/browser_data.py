"""Data files of the neuron browser: one for each model, text, order and neuron."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairseq_neurons.activations import Activations
from fairseq_neurons.page.data_scripts import packed, script, short
from fairseq_neurons.page.neuron_facts import NeuronFacts
from fairseq_neurons.page.neuron_orders import AREA
from fairseq_neurons.page.word_index import TopWords, word_index

File = tuple[str, str]
LABELS = 10
PREVIEW = 4


def model_files(facts: NeuronFacts, number: int, text: int, models: Mapping[str, int]) -> Iterator[File]:
    """Yield names and contents of all files of a model; the files of its neurons come last.

    Args:
        facts: facts of the model's neurons.
        number: number of the model's folder.
        text: number of the text of its dump.
        models: numbers of all models with a dump, by name.
    """
    tops = [TopWords.of(facts.statistics, neuron) for neuron in range(len(facts.model.neurons))]
    yield _file(f"{number}/model", _model(facts, text, tops))
    yield _file(f"{number}/words", word_index(facts.statistics, tops))
    for i, sort in enumerate(facts.orders):
        yield _file(f"{number}/sort/{i}", sort.content())
    for neuron, top in enumerate(tops):
        yield _file(f"{number}/neuron/{neuron}", _neuron(facts, neuron, top, models))


def text_file(dump: Activations, sentences: int, number: int) -> File:
    """The words of the first sentences: the vocabulary, and the index of each word in it."""
    vocabulary: dict[str, int] = {}
    lengths: list[int] = []
    ids: list[int] = []
    for sentence, _ in zip(dump.stream_sentences(), range(sentences), strict=False):
        lengths.append(len(sentence))
        ids.extend(vocabulary.setdefault(word, len(vocabulary)) for word in sentence)
    return _file(f"text/{number}", {"words": list(vocabulary), "lengths": lengths, "ids": ids})


def _file(key: str, content: Any) -> File:
    return f"data/{key}.js", script(key, content)


def _model(facts: NeuronFacts, text: int, tops: list[TopWords]) -> dict[str, Any]:
    """The data of the list of neurons."""
    statistics, manifest = facts.statistics, facts.dump.activations.manifest
    return {
        "name": facts.model.name,
        "blocks": [[block.name, block.size] for block in facts.model.neurons.blocks],
        "text": text,
        "dump": facts.dump.name,
        "mask": manifest.mask,
        "shown": facts.sentences,
        "sentences": manifest.sentences,
        "words": manifest.words,
        "by_chance": short(statistics.by_chance),
        "means": [short(mean) for mean in statistics.mean.tolist()],
        "variances": [short(variance) for variance in statistics.variance.tolist()],
        "identity": [short(share) for share in statistics.identity().tolist()],
        "previews": [[[word.word, 1 if word.share > 0 else -1] for word in top.share[:PREVIEW]] for top in tops],
        "sorts": [sort.described() for sort in facts.orders],
    }


def _neuron(facts: NeuronFacts, neuron: int, top: TopWords, models: Mapping[str, int]) -> dict[str, Any]:
    """The data of the panel of a neuron."""
    ranked = [(i, int(o.positions[neuron]), o.scores) for i, o in enumerate(facts.orders) if o.kind != AREA]
    return {
        "scale": float(facts.values.scales[neuron]),
        "codes": packed(facts.values.codes[neuron]),
        "words": top.content(),
        "labels": _labels(facts, neuron),
        "places": [[i, position, short(float(scores[position]))] for i, position, scores in ranked],
        "neighbours": [
            [models[name], list(zip(near.indices[neuron].tolist(), map(short, near.correlations[neuron]), strict=True))]
            for name, near in facts.neighbours.items()
        ],
    }


def _labels(facts: NeuronFacts, neuron: int) -> list[list[Any]]:
    """The labels that a neuron predicts best: label set, label, area under the ROC curve, number of words."""
    found = [
        (name, label, short(area), count)
        for name, separation in facts.separations.items()
        for label, area, count in separation.best(neuron, LABELS)
    ]
    return [list(entry) for entry in sorted(found, key=lambda entry: -abs(entry[2] - 0.5))[:LABELS]]
