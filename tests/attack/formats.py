"""Every format that we read: its files in the attacked world, how they are mutated, and who reads them."""

from __future__ import annotations

from typing import NamedTuple

from tests.attack import readers as read
from tests.attack.changed_arrays import ARCHIVE, ARRAY
from tests.attack.changed_bytes import BYTES
from tests.attack.changed_checkpoints import CHECKPOINT
from tests.attack.changed_file import Mutation
from tests.attack.changed_json import JSON
from tests.attack.changed_text import TEXT
from tests.attack.readers import Reader


class Format(NamedTuple):
    """A format.

    Args:
        name: for the table.
        files: patterns of its files in the world.
        mutations: of such a file.
        readers: that open them.
        is_data: whether an edited file may be a right one, with other numbers: labels, texts and configs are what the
            user says they are. Of other formats, an edit that is accepted with other numbers is a fault.
        weight: share of the cases.
        same_kind: patterns of files whose content is put in its place; no reader may take it for the original.
        also_named: what a refusal may say in place of the file's name.
    """

    name: str
    files: tuple[str, ...]
    mutations: tuple[Mutation, ...]
    readers: tuple[Reader, ...]
    is_data: bool = False
    weight: float = 1.0
    same_kind: tuple[str, ...] = ()
    also_named: tuple[str, ...] = ()

    @property
    def is_quick(self) -> bool:
        """Whether one of its readers is."""
        return any(reader.is_quick for reader in self.readers)


DUMP = (
    *(Reader(read.correlation, 4), Reader(read.variance, 4), Reader(read.words_and_means, 4)),
    *(Reader(read.other_correlations, 0.5), Reader(read.inspection, 2), Reader(read.inspection_of_run, 1)),
    *(Reader(read.inspect_command, 0.2), Reader(read.correlate_command, 0.2), Reader(read.labelled_probe, 0.5)),
    *(Reader(read.run_folder, 1), Reader(read.page, 0.02), Reader(read.masked_generation, 0.1)),
)
RUN = (Reader(read.run_folder, 4), Reader(read.inspection_of_run, 1), Reader(read.page, 0.02))
RANKING = (
    *(Reader(read.ranking_itself, 4), Reader(read.overlap_of_rankings, 2), Reader(read.combined_rankings, 1)),
    *(Reader(read.run_folder, 1), Reader(read.overlap_command, 0.2), Reader(read.inspection, 0.5)),
    *(Reader(read.masked_generation, 0.1), Reader(read.page, 0.02)),
)
MODEL = (
    *(Reader(read.extraction, 3), Reader(read.model_opened, 3), Reader(read.translations, 1)),
    *(Reader(read.generation, 0.3), Reader(read.extract_command, 0.3)),
)

FORMATS = (
    Format("manifest.json", ("run/activations/1/manifest.json",), (*JSON, *JSON, *BYTES, *TEXT), DUMP, weight=1.2),
    Format(
        *("activations.npy", ("run/activations/1/activations.npy",), (*ARRAY, *ARRAY, *BYTES), DUMP),
        same_kind=("run/activations/2/activations.npy",),
        weight=1.2,
    ),
    Format("offsets.npy", ("run/activations/1/offsets.npy",), (*ARRAY, *ARRAY, *BYTES), DUMP),
    Format("words.txt", ("run/activations/1/words.txt",), (*TEXT, *BYTES), DUMP, same_kind=("text/test.fr",)),
    Format(
        *("ranking.json", ("run/rankings/max.json", "run/rankings/variance.json"), (*JSON, *JSON, *BYTES, *TEXT)),
        RANKING,
        weight=1.5,
    ),
    Format("rankings of a probe", ("run/probes/pos/**/*.json",), (*JSON, *BYTES, *TEXT), RUN),
    Format(
        *("probe.npz", ("run/probes/pos/probe.npz",), (*ARCHIVE, *ARCHIVE, *BYTES)),
        (Reader(read.probe_weights, 4), Reader(read.probe_against_another, 1), Reader(read.run_folder, 1)),
    ),
    Format(
        *("results.json", ("run/probes/pos/results.json",), (*JSON, *JSON, *BYTES, *TEXT)),
        (Reader(read.probe_results, 4), *RUN),
    ),
    Format(
        *("measured.jsonl", ("interrupted.partial/measured.jsonl",), (*JSON, *BYTES, *TEXT)),
        (Reader(read.probe_resumed, resumes=True),),
        weight=0.5,
    ),
    Format(
        *("curve.jsonl", ("run/curves/bleu/curve.jsonl",), (*JSON, *JSON, *BYTES, *TEXT)),
        (Reader(read.curve, 4), Reader(read.run_folder, 1), Reader(read.curve_resumed, 0.5), Reader(read.page, 0.02)),
    ),
    Format(
        *("comparisons.jsonl", ("run/curves/bleu/comparisons.jsonl",), (*JSON, *JSON, *BYTES, *TEXT)),
        (Reader(read.curve, 4), Reader(read.run_folder, 1), Reader(read.curve_resumed, 0.5)),
    ),
    Format(
        *("settings.json", ("run/curves/bleu/settings.json", "run/curves/bleu/overlap.json"), (*JSON, *BYTES, *TEXT)),
        (Reader(read.curve, 4), Reader(read.run_folder, 1), Reader(read.curve_resumed, 0.5)),
        weight=0.5,
    ),
    Format(
        *("translations", ("run/curves/bleu/hypotheses/*.txt",), (*TEXT, *BYTES), (Reader(read.curve_resumed, 0.5),)),
        weight=0.2,
    ),
    Format(
        *("labels", ("text/test.pos",), (*TEXT, *BYTES)),
        (Reader(read.label_lists, 4), Reader(read.inspection, 1), Reader(read.labelled_probe, 0.5)),
        is_data=True,
        same_kind=("text/test.en", "run/rankings/max.json"),
    ),
    Format(
        *("CoNLL-U", ("text/test.conllu",), (*TEXT, *BYTES)),
        (
            *(Reader(read.conllu_labels, 4), Reader(read.conllu_words, 4), Reader(read.probe_of_conllu, 0.5)),
            Reader(read.extraction_from_conllu, 0.5),
        ),
        is_data=True,
        same_kind=("text/test.en",),
        weight=1.2,
    ),
    Format(
        *("text", ("text/test.en",), (*TEXT, *BYTES)),
        (Reader(read.extraction_from_text, 2), Reader(read.extraction_with_spelling, 1)),
        is_data=True,
        weight=0.7,
    ),
    Format(
        *("YAML config", ("configs/*/mine.yaml",), (*TEXT, *BYTES), (Reader(read.experiment, 0.5),)),
        is_data=True,
        also_named=("= is missing",),
        weight=0.5,
    ),
    Format(
        *("dictionary", ("bin/1/dict.en.txt", "bin/1/dict.fr.txt"), (*TEXT, *BYTES), MODEL),
        is_data=True,
        same_kind=("pieces/bin/1/dict.en.txt", "bin/1/dict.*.txt"),
        weight=0.7,
    ),
    Format(
        *("binarised data", ("bin/1/test*.idx", "bin/1/test*.bin"), BYTES, MODEL),
        is_data=True,
        same_kind=("pieces/bin/1/test*.idx", "bin/1/test*.bin", "run/rankings/max.json"),
        weight=0.7,
    ),
    Format(
        *("checkpoint", ("models/1/checkpoint_best.pt",), (*CHECKPOINT, *CHECKPOINT, *BYTES), MODEL),
        same_kind=("models/lm/checkpoint_best.pt", "pieces/models/1/checkpoint_best.pt", "run/probes/pos/probe.npz"),
        weight=2,
    ),
    Format(
        *("checkpoint of a language model", ("models/lm/checkpoint_best.pt",), (*CHECKPOINT, *BYTES)),
        (Reader(read.language_model),),
        weight=0.5,
    ),
    Format(
        *("SentencePiece model", ("pieces/spm.model",), BYTES, (Reader(read.extraction_from_pieces),)),
        is_data=True,
        weight=0.3,
    ),
    Format(
        *("report.json", ("page/report.json",), (*JSON, *BYTES, *TEXT), (Reader(read.page_replaced, 0.5),)),
        is_data=True,
        weight=0.02,
    ),
)
