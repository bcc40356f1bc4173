"""What is measured of trained models: dumps, rankings, probes and curves, each by the command a user would type."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from fairseq_neurons.pipelines.jobs import run_all
from fairseq_neurons.pipelines.paper.experiment_settings import Experiment, is_language_model
from fairseq_neurons.pipelines.paper.experiment_text import PROBE_TEXT, SENTENCES, labels_of_task, text_of_task
from fairseq_neurons.pipelines.paper.paper_figures import draw_figures
from fairseq_neurons.pipelines.paper.ranking_names import CROSS_MODEL, POSITION, SINGLE
from fairseq_neurons.pipelines.paper.train_models import checkpoint
from fairseq_neurons.rankings.cross_model import correlate

# Bounds the translations of ablated models, some of which never end.
SEARCH = ("max_len_a=2", "max_len_b=10")

Jobs = dict[str, list[str]]


def dump(experiment: Experiment) -> None:
    """The states of the test words in every model, and those of the words that train probes in the studied ones."""
    folder, jobs = experiment.folder, {}
    for model in (*experiment.translation_models, *experiment.language_models):
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
    """Rank the studied models' neurons by their likes in the other models, and each by itself."""
    for model in experiment.studied:
        dumps = [experiment.folder / "activations" / other for other in (model, *experiment.siblings(model))]
        _rank(experiment.folder / f"rankings/{model}/{CROSS_MODEL}.json", dumps)
        for name, (method, reverse) in SINGLE.items():
            _rank(experiment.folder / f"rankings/{model}/{name}.json", dumps[:1], method, reverse)


def probe(experiment: Experiment) -> None:
    """Probe the studied models for every task and for position; of later tasks, neurons shared with the first."""
    for task in (*experiment.tasks, POSITION):
        jobs = dict(_probe(experiment, model, task) for model in experiment.studied)
        run_all(jobs, experiment.folder, experiment.workers)


def ablate(experiment: Experiment) -> None:
    """Clamp neurons in the studied models: by all rankings in the first of a kind, by the cross-model one elsewhere."""
    jobs = ablations(experiment)
    first = {name: command for name, command in jobs.items() if not name.endswith("-others")}
    run_all(first, experiment.folder, experiment.workers)
    # A folder of curves is written by one run at a time.
    others = {name: command for name, command in jobs.items() if name not in first}
    run_all(others, experiment.folder, experiment.workers)


def ablations(experiment: Experiment) -> Jobs:
    """The commands of ``ablate``."""
    jobs = {}
    for model in experiment.studied:
        metric = ["metric=perplexity"] if is_language_model(model) else [f"reference=text/test.{experiment.tgt}"]
        search = [] if is_language_model(model) else list(SEARCH)
        common = [
            *("fairseq-neurons-ablate", f"checkpoint={checkpoint(model)}", f"data=bin/{model}", *metric, *search),
            *(f"points=[{','.join(experiment.points)}]", "workers=1"),
        ]
        ranking = f"rankings=[rankings/{model}/{CROSS_MODEL}.json]"
        jobs[f"ablate-{model}"] = [*common, ranking, f"seeds={experiment.size.seeds}", f"out=curves/{model}"]
        if model in experiment.first:
            others = ",".join(_other_rankings(experiment, model))
            jobs[f"ablate-{model}-others"] = [*common, f"rankings=[{others}]", "order=[top]", f"out=curves/{model}"]
    return jobs


def draw(experiment: Experiment) -> None:
    """The page and the paper's figures, anew."""
    (experiment.folder / "logs" / "report.done").unlink(missing_ok=True)
    report = ["fairseq-neurons-report", "run=.", "out=report", f"language={experiment.src}"]
    run_all({"report": report}, experiment.folder, experiment.workers)
    draw_figures(experiment)


def _rank(file: Path, dumps: Sequence[Path], method: str = "max", reverse: bool = False) -> None:
    if not file.exists():
        correlate(dumps, method=method, reverse=reverse).save(file)


def _other_rankings(experiment: Experiment, model: str) -> list[str]:
    probes = [f"probes/{model}/{task}/ranking.json" for task in experiment.tasks]
    return [*(f"rankings/{model}/{name}.json" for name in SINGLE), *probes]


def _extract(folder: Path, model: str, name: str, text: str) -> Jobs:
    job, out = f"dump-{name}", f"activations/{name}"
    _forget(folder, job, out)
    options = [f"checkpoint={checkpoint(model)}", f"data=bin/{model}", f"text={text}", "dtype=float16", f"out={out}"]
    return {job: ["fairseq-neurons-extract", *options]}


def _probe(experiment: Experiment, model: str, name: str) -> tuple[str, list[str]]:
    job, out = f"probe-{model}-{name}", f"probes/{model}/{name}"
    _forget(experiment.folder, job, out)
    options = [f"out={out}", "random=1", "unseen=ignore", f"language={experiment.src}"]
    task = experiment.tasks.get(name)
    for part, dumped in (("train", f"{model}.{PROBE_TEXT}"), ("test", model)):
        own = task and text_of_task(name, task, part)
        labels = labels_of_task(name, task, part) if task else POSITION
        options += [f"{part}.activations=activations/{f'{model}.{own}' if own else dumped}", f"{part}.labels={labels}"]
    first = next(iter(experiment.tasks))
    if name == first and model == experiment.translation_models[0] and experiment.size.grid:
        options.append(f"grid=[{','.join(f'{value:g}' for value in experiment.size.grid)}]")
    if name != first:
        options.append(f"against=[probes/{model}/{first}]")
    return job, ["fairseq-neurons-probe", *options, *(task.options if task else ())]


def _forget(folder: Path, job: str, made: str) -> None:
    """A run that was killed between a whole folder and its mark would find the name taken."""
    if not (folder / "logs" / f"{job}.done").exists():
        shutil.rmtree(folder / made, ignore_errors=True)
