"""The data of the neuron browser: a file a model, a text, an order, and a neuron."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairseq_neurons.activations import Activations
from fairseq_neurons.page.data_scripts import packed, script, short
from fairseq_neurons.page.neuron_facts import Facts
from fairseq_neurons.page.neuron_orders import AREA
from fairseq_neurons.page.word_index import TopWords, word_index

File = tuple[str, str]
LABELS = 10
PREVIEW = 4


def model_files(facts: Facts, number: int, text: int, models: Mapping[str, int]) -> Iterator[File]:
    """Names and contents of all files of a model, those of its neurons last.

    Args:
        facts: of the model.
        number: of its folder.
        text: the number of the text of its dump.
        models: the numbers of all models with a dump, by name.
    """
    tops = [TopWords.of(facts.statistics, neuron) for neuron in range(len(facts.model.neurons))]
    yield _file(f"{number}/model", _model(facts, text, tops))
    yield _file(f"{number}/words", word_index(facts.statistics, tops))
    for i, sort in enumerate(facts.sorts):
        yield _file(f"{number}/sort/{i}", sort.content())
    for neuron, top in enumerate(tops):
        yield _file(f"{number}/neuron/{neuron}", _neuron(facts, neuron, top, models))


def text_file(dump: Activations, sentences: int, number: int) -> File:
    """The words of the first sentences: the different ones, and which of them stands where."""
    vocabulary: dict[str, int] = {}
    lengths: list[int] = []
    ids: list[int] = []
    for sentence, _ in zip(dump.stream_sentences(), range(sentences), strict=False):
        lengths.append(len(sentence))
        ids.extend(vocabulary.setdefault(word, len(vocabulary)) for word in sentence)
    return _file(f"text/{number}", {"words": list(vocabulary), "lengths": lengths, "ids": ids})


def _file(key: str, content: Any) -> File:
    return f"data/{key}.js", script(key, content)


def _model(facts: Facts, text: int, tops: list[TopWords]) -> dict[str, Any]:
    """What the list of neurons needs."""
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
        "sorts": [sort.described() for sort in facts.sorts],
    }


def _neuron(facts: Facts, neuron: int, top: TopWords, models: Mapping[str, int]) -> dict[str, Any]:
    """What the panel of a neuron shows."""
    ranked = [(i, sort) for i, sort in enumerate(facts.sorts) if sort.kind != AREA]
    return {
        "scale": float(facts.values.scales[neuron]),
        "codes": packed(facts.values.codes[neuron]),
        "words": top.content(),
        "labels": _labels(facts, neuron),
        "places": [[i, int(sort.places[neuron]), short(float(sort.scores[sort.places[neuron]]))] for i, sort in ranked],
        "neighbours": [
            [models[name], list(zip(near.indices[neuron].tolist(), map(short, near.correlations[neuron]), strict=True))]
            for name, near in facts.neighbours.items()
        ],
    }


def _labels(facts: Facts, neuron: int) -> list[list[Any]]:
    """The labels that it tells best, of all sets: set, label, area under the ROC curve, words with the label."""
    found = [
        (name, label, short(area), count)
        for name, separation in facts.separations.items()
        for label, area, count in separation.best(neuron, LABELS)
    ]
    return [list(entry) for entry in sorted(found, key=lambda entry: -abs(entry[2] - 0.5))[:LABELS]]
