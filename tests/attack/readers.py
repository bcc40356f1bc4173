"""What reads the files of the attacked world: our functions and console commands, each returning its numbers.

All paths are relative to the world, which is the current folder; what a reader writes is in ``OUT``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np

import fairseq_neurons as fn
from fairseq_neurons.errors import InputError
from tests.attack.attacked_world import CURVE, QUICK, part
from tests.running import run

OUT = "out"
DUMPS = ["run/activations/1", "run/activations/2"]
RANKINGS = ["run/rankings/max.json", "run/rankings/variance.json"]
CHECKPOINT = "models/1/checkpoint_best.pt"
# What a terminal would act on.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class EscapesPrinted(Exception):
    """A command has written control characters."""


class NonFinite(Exception):
    """What a reader has accepted holds numbers that are not finite."""


class Traceback(Exception):
    """A command has ended with a traceback."""


class Reader(NamedTuple):
    """A function that reads files, and what it costs.

    Args:
        read: returns numbers.
        weight: how often it is chosen; slow ones less often.
        resumes: whether it goes on with what another run has left, which stays when it is refused.
    """

    read: Callable[[], Any]
    weight: float = 1.0
    resumes: bool = False

    @property
    def name(self) -> str:
        return self.read.__name__

    @property
    def is_quick(self) -> bool:
        """Whether a test of hundreds of cases can afford it."""
        return self.weight >= 1


def files_in(folder: str) -> dict[str, bytes]:
    """Every file that a command wrote."""
    root = Path(folder)
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def command(program: str, *arguments: str) -> str:
    """Run a console command; a refusal is raised as an `InputError`, as the Python functions raise it."""
    done = run(program, *arguments)
    printed = done.stdout + done.stderr
    if "Traceback (most recent call last)" in printed:
        raise Traceback(printed[printed.index("Traceback") :])
    if found := CONTROL.search(re.sub(r"\r[^\n]*it/s\]|\r", "", printed)):
        raise EscapesPrinted(repr(printed[max(0, found.start() - 60) : found.end() + 20]))
    if done.returncode:
        raise InputError(printed.strip().splitlines()[-1])
    return printed


def finite(*arrays: np.ndarray) -> None:
    """Refuse results that no reader should give."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise NonFinite("NaN or infinity in the results")


def _ranking(ranking: fn.Ranking) -> tuple[Any, ...]:
    finite(ranking.scores)
    return ranking.order.tobytes(), ranking.scores.tobytes(), ranking.neurons, ranking.method


# Dumps


def correlation() -> Any:
    return _ranking(fn.correlate(DUMPS))


def variance() -> Any:
    return _ranking(fn.correlate(DUMPS[:1], method="variance"))


def other_correlations() -> Any:
    return [_ranking(fn.correlate(DUMPS, method=name)) for name in ("min", "linear-regression", "svcca")]


def words_and_means() -> Any:
    dump = fn.Activations(DUMPS[0])
    finite(dump.mean())
    return dump.sentences, dump.mean().tobytes(), dump.offsets.tobytes(), np.array(dump.values).tobytes()


def inspection() -> Any:
    found = fn.inspect(3, DUMPS[0], labels="text/test.pos", rankings=RANKINGS, others=DUMPS[1:], color="never")
    return str(found)


def inspection_of_run() -> Any:
    return str(fn.inspect("encoder.1.bwd.3", run="run", color="never"))


def inspect_command() -> Any:
    return command("fairseq-neurons-inspect", "run=run", "activations=1", "neuron=3", "labels=text/test.pos")


def correlate_command() -> Any:
    command("fairseq-neurons-correlate", f"activations=[{','.join(DUMPS)}]", f"out={OUT}/r.json")
    return files_in(OUT)


def labelled_probe() -> Any:
    return fn.probe(part(), part(), f"{OUT}/probe", **{**QUICK, "rankings": [], "resamples": 1}).to_json()


def masked_generation() -> Any:
    mask = ["--mask-ranking", RANKINGS[0], "--mask-top", "4", "--mask-value", "mean", "--mask-means", DUMPS[0]]
    return _generated(*mask, "--dump-activations", f"{OUT}/dump")


# Runs


def run_folder() -> Any:
    from fairseq_neurons.page.overview import overview
    from fairseq_neurons.runs.run_labels import labels_for

    opened = fn.Run.open("run")
    labels = [labels_for(opened, model, dump) for model in opened.models for dump in model.dumps.values()]
    rankings = [_ranking(ranking) for model in opened.models for ranking in model.rankings.values()]
    return overview(opened, []), labels, rankings


def page() -> Any:
    fn.report("run", f"{OUT}/page")
    return files_in(f"{OUT}/page")


def page_replaced() -> Any:
    """The page that another run has left is replaced."""
    fn.report("run", "page")
    return "written"


# Rankings


def overlap_of_rankings() -> Any:
    return fn.overlap(RANKINGS, top=5).to_json()


def combined_rankings() -> Any:
    from fairseq_neurons.rankings.combining import combine

    return _ranking(combine(["run/rankings/max.json", "run/rankings/max-too.json"]))


def overlap_command() -> Any:
    return command("fairseq-neurons-overlap", f"rankings=[{','.join(RANKINGS)}]", "top=5")


def ranking_itself() -> Any:
    return [_ranking(fn.Ranking.load(file)) for file in RANKINGS]


# Probes


def probe_results() -> Any:
    from fairseq_neurons.probing.probe_results import ProbeResults

    return ProbeResults.load(Path("run/probes/pos")).to_json()


def probe_weights() -> Any:
    from fairseq_neurons.probing.study.trained_probe import TrainedProbe

    probe = TrainedProbe.load(Path("run/probes/pos/probe.npz"))
    finite(probe.weights)
    return probe.weights.tobytes(), probe.labels, probe.columns.tobytes(), probe.signature


def probe_against_another() -> Any:
    options = {**QUICK, "rankings": [], "resamples": 1, "against": ["run/probes/pos"]}
    return fn.probe(part(), part(), f"{OUT}/probe", **options).to_json()


def probe_resumed() -> Any:
    """A probe that was interrupted after all was measured."""
    import shutil

    Path(OUT).mkdir(exist_ok=True)
    shutil.copytree("interrupted.partial", f"{OUT}/probe.partial")
    fn.probe(part(), part(), f"{OUT}/probe", **QUICK)
    return files_in(f"{OUT}/probe")


# Curves


def curve() -> Any:
    from fairseq_neurons.ablation.curve_table import table

    found = fn.Curve.read("run/curves/bleu")
    return found.points, found.comparisons, table(found)


def curve_resumed() -> Any:
    fn.ablate(CHECKPOINT, "bin/1", out="run/curves/bleu", **CURVE)
    return files_in("run/curves/bleu")


# Labels and texts


def label_lists() -> Any:
    from fairseq_neurons.labels.label_sources import labels_of

    return labels_of(fn.Activations(DUMPS[0]).sentences, "text/test.pos")


def conllu_labels() -> Any:
    from fairseq_neurons.labels.label_sources import labels_of

    sentences = fn.Activations(DUMPS[0]).sentences
    return [labels_of(sentences, "text/test.conllu", column) for column in ("UPOS", "Kind")]


def conllu_words() -> Any:
    from fairseq_neurons.labels import conllu_sentences

    return [list(conllu_sentences(Path("text/test.conllu"), surface)) for surface in (False, True)]


def probe_of_conllu() -> Any:
    options = {**QUICK, "rankings": [], "resamples": 1}
    labelled = part(labels="text/test.conllu")
    return fn.probe(labelled, labelled, f"{OUT}/probe", **options).to_json()


def _extracted(**options: Any) -> Any:
    fn.extract(CHECKPOINT, f"{OUT}/dump", **{"data": "bin/1", **options})
    dump = fn.Activations(f"{OUT}/dump")
    finite(dump.values)
    # Not the manifest: it tells the checkpoint's checksum, as it should.
    return np.array(dump.values).tobytes(), dump.offsets.tobytes(), dump.sentences, dump.neurons


def extraction_from_text() -> Any:
    return _extracted(text="text/test.en")


def extraction_from_conllu() -> Any:
    return _extracted(text="text/test.conllu")


def extraction_with_spelling() -> Any:
    return _extracted(dump_text="text/test.en")


# Models and data folders


def extraction() -> Any:
    return _extracted()


def model_opened() -> Any:
    model = fn.load_model(CHECKPOINT, "bin/1")
    finite(*(weight.numpy() for weight in model.model.state_dict().values()))
    weights = {name: weight.numpy().tobytes() for name, weight in model.model.state_dict().items()}
    return weights, model.neurons


def translations() -> Any:
    model = fn.load_model(CHECKPOINT, "bin/1")
    perplexity = model.perplexity("test")
    finite(np.array(perplexity))
    return model.translate("test", beam=1, max_len_a=0, max_len_b=8), perplexity


def extraction_from_pieces() -> Any:
    fn.extract(
        *("pieces/models/1/checkpoint_best.pt", f"{OUT}/dump", "pieces/bin/1"),
        **{"text": "pieces/raw.txt", "sentencepiece": "pieces/spm.model"},
    )
    return files_in(f"{OUT}/dump")


def extract_command() -> Any:
    command("fairseq-neurons-extract", f"checkpoint={CHECKPOINT}", "data=bin/1", f"out={OUT}/dump")
    return np.load(f"{OUT}/dump/activations.npy").tobytes()


def _generated(*flags: str) -> Any:
    task = ["--task", "translation_neurons", "--user-dir", str(fn.__path__[0] + "/../user_dir")]
    search = ["--num-workers", "0", "--gen-subset", "test", "--beam", "1", "--max-len-b", "8", "--path", CHECKPOINT]
    printed = command("fairseq-generate", "bin/1", *task, *search, *flags)
    return re.findall(r"^[STHDP]-\d+\t.*$", printed, re.MULTILINE), [
        np.load(file).tobytes() for file in Path(OUT).glob("*/activations.npy")
    ]


def generation() -> Any:
    return _generated()


def language_model() -> Any:
    model = fn.load_model("models/lm/checkpoint_best.pt", "bin/lm")
    states, perplexity = model.states("test"), model.perplexity("test")
    finite(np.array(perplexity), *(found.states for found in states))
    return perplexity, [(found.words, found.states.tobytes()) for found in states]


# Configs


def experiment() -> Any:
    from fairseq_neurons.pipelines.paper.experiment_steps import STAGES

    taken: list[Any] = []
    text = STAGES["text"]._replace(run=taken.append)
    with patch.dict(STAGES, text=text):
        command(
            *("fairseq-neurons-paper", "--config-dir", "configs", "experiment=mine", "size=mine"),
            *("corpus=text", f"out={OUT}/paper", "steps=[text]"),
        )
    return taken
