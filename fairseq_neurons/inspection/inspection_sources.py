"""Collect the data about a neuron from single files and from a run folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.inspection.findings import Known
from fairseq_neurons.inspection.inspection_settings import InspectionSettings
from fairseq_neurons.labels import labels_of
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.runs.run_folder import Dump, Model, Run
from fairseq_neurons.runs.run_labels import labels_for
from fairseq_neurons.storage.files import sha256_of_file


def known_from(
    activations: str | None = None,
    run: str | None = None,
    labels: str | None = None,
    column: str | None = None,
    language: str = InspectionSettings.language,
    rankings: Sequence[str] = (),
    others: Sequence[str] = (),
) -> Known:
    """Collect a dump with its labels, rankings and other models; for the arguments see `InspectionSettings`.

    Raises:
        InputError: if neither dump nor run is given, or something is missing, broken or does not fit.
    """
    if run is not None:
        known = _of_run(Run.open(run), activations, language)
    elif activations is not None:
        known = Known(Activations(activations))
    else:
        raise InputError("Give a dump with activations= or the folder of a run with run=.")
    dump, more = known.dump, {}
    if labels is not None:
        more[Path(labels).name] = labels_of(dump.sentences, labels, column, language, dump.manifest.eos)
    elif column is not None:
        raise InputError(f"column={column} is a column of a file: give the file with labels=.")
    return replace(
        known,
        labels={**more, **known.labels},
        rankings={**{path: Ranking.load(path) for path in rankings}, **known.rankings},
        others={**known.others, **{path: Activations(path) for path in others}},
    )


def _of_run(run: Run, activations: str | None, language: str) -> Known:
    model, dump = _chosen(run, activations)
    return Known(
        dump.activations,
        labels_for(run, model, dump, language),
        model.rankings,
        model.label_rankings,
        {name: other.activations for name, other in run.others(model, dump).items()},
    )


def _chosen(run: Run, activations: str | None) -> tuple[Model, Dump]:
    """The dump that is shown, and its model."""
    if activations is None:
        model = next((model for model in run.models if model.dumps), run.models[0])
        return model, run.dump_of(model)
    for model in run.models:
        if model.name == activations and model.dumps:
            return model, run.dump_of(model)
        for dump in model.dumps.values():
            if dump.name == activations or dump.path.resolve() == Path(activations).resolve():
                return model, dump
    if not os.path.lexists(activations):
        names = ", ".join(dump for model in run.models for dump in model.dumps)
        raise InputError(
            f"There is no dump {activations}, neither here nor in {run.path}, which has {names or 'none'}."
        )
    return _of_another_folder(run, Path(activations))


def _of_another_folder(run: Run, path: Path) -> tuple[Model, Dump]:
    dump = Activations(path)
    checkpoint = dump.manifest.checkpoint_sha256
    for model in run.models:
        if (model.checkpoint_sha256, model.neurons) == (checkpoint, dump.neurons):
            return model, Dump(str(path), path, dump, sha256_of_file(path / "words.txt"))
    raise InputError(f"{path} is a dump of a model ({checkpoint[:8]}) of which {run.path} has nothing.")
