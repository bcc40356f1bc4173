"""Measure the trained models: dumps, rankings, probes and curves, each by the command that a user would type."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons.pipelines.jobs import Jobs, remove_unfinished, run_again, run_all
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment
from fairseq_neurons.pipelines.paper.experiment_text import PROBE_TEXT, SENTENCES, labels_of_task, text_of_task
from fairseq_neurons.pipelines.paper.paper_figures import draw_figures
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.recipes.measuring_commands import (
    SEARCH,
    ablate_command,
    extract_command,
    probe_command,
    report_command,
)
from fairseq_neurons.pipelines.recipes.model_files import is_language_model
from fairseq_neurons.rankings.cross_model import correlate


def dump(experiment: Experiment) -> None:
    """Dump the states of the test words in every model, those of the probes' training words in the studied models."""
    folder, jobs = experiment.folder, {}
    for model in experiment.models:
        jobs.update(_extract(folder, model, model, f"text/test.{experiment.src}"))
    for model in experiment.studied:
        jobs.update(_extract(folder, model, f"{model}.{PROBE_TEXT}", f"text/{PROBE_TEXT}.{experiment.src}"))
        for name, task in experiment.tasks.items():
            for part in ("train", "test"):
                if (own := text_of_task(name, task, part)) is not None:
                    jobs.update(_extract(folder, model, f"{model}.{own}", f"text/{own}"))
    for model in experiment.first if experiment.sentences else ():
        jobs.update(_extract(folder, model, f"{model}.{SENTENCES}", f"text/{SENTENCES}.{experiment.src}"))
    run_all(jobs, folder, experiment.workers)


def rank(experiment: Experiment) -> None:
    """Rank the studied models' neurons by similar neurons in other models, and by statistics of each model alone."""
    for model in experiment.studied:
        dumps = [experiment.folder / "activations" / other for other in (model, *experiment.siblings(model))]
        _rank(experiment.folder / f"rankings/{model}/{CROSS_MODEL}.json", dumps)
        for name, (method, reverse) in SINGLE.items():
            _rank(experiment.folder / f"rankings/{model}/{name}.json", dumps[:1], method, reverse)


def probe(experiment: Experiment) -> None:
    """Probe the studied models for every task and for position; later tasks are compared with the first."""
    for task in (*experiment.tasks, POSITION):
        jobs: Jobs = {}
        for model in experiment.studied:
            jobs.update(_probe(experiment, model, task))
        run_all(jobs, experiment.folder, experiment.workers)


def ablate(experiment: Experiment) -> None:
    """Mask neurons of the studied models: by all rankings in the first of a kind, else by the cross-model one."""
    jobs = ablations(experiment)
    first = {name: command for name, command in jobs.items() if not name.endswith("-others")}
    run_all(first, experiment.folder, experiment.workers)
    # Only one run at a time may write a folder of curves.
    others = {name: command for name, command in jobs.items() if name not in first}
    run_all(others, experiment.folder, experiment.workers)


def ablations(experiment: Experiment) -> Jobs:
    """The commands of ``ablate``."""
    jobs = {}
    points = f"points=[{','.join(experiment.points)}]"
    for model in experiment.studied:
        scoring = (
            ["metric=perplexity"] if is_language_model(model) else [f"reference=text/test.{experiment.tgt}", *SEARCH]
        )
        ranking, out = f"rankings/{model}/{CROSS_MODEL}.json", f"curves/{model}"
        seeds = f"seeds={experiment.size.seeds}"
        jobs[f"ablate-{model}"] = ablate_command(model, scoring, [ranking], [points, seeds], out)
        if model in experiment.first:
            others = _other_rankings(experiment, model)
            jobs[f"ablate-{model}-others"] = ablate_command(model, scoring, others, [points, "order=[top]"], out)
    return jobs


def draw(experiment: Experiment) -> None:
    """Write the page and the paper's figures, replacing earlier ones."""
    run_again(experiment.folder, "report")
    run_all({"report": report_command(experiment.src)}, experiment.folder, experiment.workers)
    draw_figures(experiment)


def _rank(file: Path, dumps: Sequence[Path], method: str = "max", reverse: bool = False) -> None:
    if not file.exists():
        correlate(dumps, method=method, reverse=reverse).save(file)


def _other_rankings(experiment: Experiment, model: str) -> list[str]:
    probes = [f"probes/{model}/{task}/ranking.json" for task in experiment.tasks]
    return [*(f"rankings/{model}/{name}.json" for name in SINGLE), *probes]


def _extract(folder: Path, model: str, name: str, text: str) -> Jobs:
    job, out = f"dump-{name}", f"activations/{name}"
    remove_unfinished(folder, job, out)
    return {job: extract_command(model, text, out, ["dtype=float16"])}


def _probe(experiment: Experiment, model: str, name: str) -> Jobs:
    job, out = f"probe-{model}-{name}", f"probes/{model}/{name}"
    remove_unfinished(experiment.folder, job, out)
    task = experiment.tasks.get(name)
    dumps, labels = {"train": f"{model}.{PROBE_TEXT}", "test": model}, []
    for part in dumps:
        if task and (own := text_of_task(name, task, part)):
            dumps[part] = f"{model}.{own}"
        labels.append(f"{part}.labels={labels_of_task(name, task, part) if task else POSITION}")
    activations = (f"activations/{dumps['train']}", f"activations/{dumps['test']}")
    return {job: probe_command(activations, labels, out, _probe_settings(experiment, model, name))}


def _probe_settings(experiment: Experiment, model: str, name: str) -> list[str]:
    settings = ["random=1", "unseen=ignore", f"language={experiment.src}"]
    first = next(iter(experiment.tasks))
    if name == first and model == experiment.translation_models[0] and experiment.size.grid:
        settings.append(f"grid=[{','.join(f'{value:g}' for value in experiment.size.grid)}]")
    if name != first:
        settings.append(f"against=[probes/{model}/{first}]")
    task = experiment.tasks.get(name)
    return [*settings, *(task.options if task else ())]
