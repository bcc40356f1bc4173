"""The commands that measure a trained model: states, probes, ablation curves and the report.

Paths are relative to the pipeline's folder, in which the commands run.
"""

from __future__ import annotations

from collections.abc import Sequence

from fairseq_neurons.pipelines.recipes.model_files import checkpoint, data_folder

# Bounds the translations of ablated models, some of which never end.
SEARCH = ("max_len_a=2", "max_len_b=10")


def extract_command(model: str, text: str, out: str, options: Sequence[str] = ()) -> list[str]:
    """Dump the states of a text's words in a model."""
    return ["fairseq-neurons-extract", *_model(model), f"out={out}", f"text={text}", *options]


def probe_command(
    activations: tuple[str, str], labels: Sequence[str], out: str, settings: Sequence[str] = ()
) -> list[str]:
    """Train and test a probe.

    Args:
        activations: dumps of the training words and of the test words.
        labels: options that say what is predicted.
        out: folder of the results.
        settings: options that say how.
    """
    train, test = activations
    return [
        *("fairseq-neurons-probe", f"train.activations={train}", f"test.activations={test}"),
        *(*labels, f"out={out}", *settings),
    ]


def ablate_command(
    model: str, scoring: Sequence[str], rankings: Sequence[str], masking: Sequence[str], out: str
) -> list[str]:
    """Measure an ablation curve.

    Args:
        model: whose neurons are masked.
        scoring: options that say what is measured.
        rankings: files of the order in which neurons are masked.
        masking: options that say which and how many neurons are masked.
        out: folder of the curve.
    """
    return [
        *("fairseq-neurons-ablate", *_model(model), *scoring, f"rankings=[{','.join(rankings)}]"),
        *(*masking, "workers=1", f"out={out}"),
    ]


def report_command(language: str) -> list[str]:
    """Write the page of a whole pipeline to ``report/``."""
    return ["fairseq-neurons-report", "run=.", "out=report", f"language={language}"]


def _model(model: str) -> list[str]:
    return [f"checkpoint={checkpoint(model)}", f"data={data_folder(model)}"]
