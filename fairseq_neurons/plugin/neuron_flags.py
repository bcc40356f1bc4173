"""The dump and mask flags that both tasks add to fairseq's own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional

from fairseq import utils
from fairseq.dataclass import ChoiceEnum, FairseqDataclass
from omegaconf import II

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.manifest import DTYPES
from fairseq_neurons.activations.pooling import pooling_choices
from fairseq_neurons.activations.subwords import SUBWORDS
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import ChosenWords, Mask
from fairseq_neurons.plugin.chosen_neurons import chosen_neurons
from fairseq_neurons.plugin.model_neurons import ModelNeurons
from fairseq_neurons.rankings import Ranking
from fairseq_neurons.same_model import Checkpoint, check_same_model
from fairseq_neurons.storage.files import check_free, sha256_of_file


@dataclass
class NeuronFlags(FairseqDataclass):
    """Flags of ``translation_neurons`` and ``language_modeling_neurons``."""

    dump_activations: Optional[str] = field(
        default=None, metadata={"help": "write the states of every word to this folder, which must not exist"}
    )
    dump_states: Optional[str] = field(
        default=None,
        metadata={
            "help": "which states: patterns of blocks, as in encoder.*.ffn,encoder.*.out "
            "(default: the hidden states of LSTMs, out of transformers, of the encoder or of a language model)"
        },
    )
    dump_dtype: ChoiceEnum(DTYPES) = field(default="float32", metadata={"help": "number format of the dump"})
    dump_pooling: ChoiceEnum(pooling_choices()) = field(
        default="last", metadata={"help": "which subword's state stands for the word (none: every subword has a row)"}
    )
    dump_eos: bool = field(default=False, metadata={"help": "give the end-of-sentence symbol a row, too"})
    dump_text: Optional[str] = field(
        default=None,
        metadata={"help": "the text given to fairseq-preprocess, for the true spelling of unknown words"},
    )
    dump_subwords: Optional[ChoiceEnum(SUBWORDS)] = field(
        default=None, metadata={"help": "what the source dictionary is made of (default: its symbols decide)"}
    )
    mask_ranking: Optional[str] = field(default=None, metadata={"help": "choose the masked neurons by this ranking"})
    mask_top: Optional[str] = field(
        default=None,
        metadata={"help": "mask this many neurons (50) or percent (2.5%%) from the top of the ranking"},
    )
    mask_bottom: Optional[str] = field(default=None, metadata={"help": "likewise from its bottom"})
    mask_neurons: Optional[str] = field(
        default=None,
        metadata={"help": "mask these: indices, names and patterns, as in 1902,encoder.1.bwd.*,decoder.0.ffn.7"},
    )
    mask_value: str = field(default="zero", metadata={"help": "the mask value: zero, mean or a number"})
    mask_means: Optional[str] = field(
        default=None, metadata={"help": "a dump whose column means are the values of --mask-value mean"}
    )
    mask_site: str = field(
        default="auto",
        metadata={
            "help": "where: inside an LSTM's recurrence (recurrent), in what a layer hands on (output), only in what "
            "attention reads of the top encoder layer (context), or at another site that the architecture has "
            "(auto: recurrent for LSTMs, output for all else)"
        },
    )
    mask_invert: bool = field(default=False, metadata={"help": "mask all other neurons instead"})
    mask_words: Optional[str] = field(
        default=None,
        metadata={
            "help": "mask only at these words: spellings, labels (--mask-labels) and patterns, "
            r"separated by commas; \, is a comma"
        },
    )
    mask_labels: Optional[str] = field(
        default=None, metadata={"help": "a file with one label a source word, for --mask-words to choose by"}
    )
    checkpoint_path: Optional[str] = II("common_eval.path")
    shards: Optional[int] = II("dataset.num_shards")


MASK_FLAGS = (
    "mask_ranking",
    "mask_top",
    "mask_bottom",
    "mask_neurons",
    "mask_value",
    "mask_means",
    "mask_site",
    "mask_words",
    "mask_labels",
)
DUMP_FLAGS = ("dump_states", "dump_dtype", "dump_pooling", "dump_eos")
TEXT_FLAGS = ("dump_text", "dump_subwords")


def checkpoints(flags: NeuronFlags) -> List[str]:
    """The checkpoint files of ``--path``; none while training."""
    return list(utils.split_paths(flags.checkpoint_path)) if flags.checkpoint_path else []


def wants_mask(flags: NeuronFlags) -> bool:
    """Whether a mask flag was given."""
    return flags.mask_invert or any(_is_given(flags, name) for name in MASK_FLAGS)


def needs_sentences(flags: NeuronFlags) -> bool:
    """Whether every sentence must be read whole and unchanged."""
    return bool(flags.dump_activations) or flags.mask_words is not None


def check_flags(flags: NeuronFlags) -> None:
    """Refuse flags without effect, and a dump to an existing folder.

    Raises:
        InputError: in either case.
    """
    if flags.mask_labels and flags.mask_words is None:
        raise InputError("--mask-labels has the labels for --mask-words to choose by; --mask-words is missing.")
    if flags.dump_activations:
        check_free(Path(flags.dump_activations))
        return
    # Words are chosen by the spelling that they have in a dump.
    for name in DUMP_FLAGS if flags.mask_words is not None else DUMP_FLAGS + TEXT_FLAGS:
        if _is_given(flags, name):
            raise InputError(
                f"--{name.replace('_', '-')} is for dumps; the folder of the dump, --dump-activations, is missing."
            )


def build_mask(flags: NeuronFlags, model: ModelNeurons, checkpoint: str, words: Optional[ChosenWords] = None) -> Mask:
    """Build the mask that the flags ask for.

    Args:
        flags: with at least one mask flag given.
        model: its neurons.
        checkpoint: its file; ranking and means must be of the same.
        words: that ``--mask-words`` chooses.

    Raises:
        InputError: if the flags contradict each other or do not fit the model.
    """
    ranking = Ranking.load(flags.mask_ranking) if flags.mask_ranking else None
    if flags.mask_value == "mean" and not flags.mask_means:
        raise InputError("--mask-value mean needs the means of a dump (--mask-means).")
    dump = _means(flags)
    ours = Checkpoint(sha256_of_file(Path(checkpoint)))
    for name, other in ((flags.mask_ranking, ranking), (flags.mask_means, dump)):
        check_same_model((checkpoint, ours), (name, other))
    neurons, indices, chosen_by = chosen_neurons(
        model, flags.mask_neurons, ranking, flags.mask_top, flags.mask_bottom, flags.mask_invert
    )
    means = None if dump is None else dump.mean()[neurons.columns_in(dump.neurons, str(flags.mask_means))]
    return Mask.of(neurons, indices, flags.mask_value, flags.mask_site, means, chosen_by, words)


def _means(flags: NeuronFlags) -> Optional[Activations]:
    if not flags.mask_means:
        return None
    if flags.mask_value != "mean":
        raise InputError("--mask-means is for --mask-value mean, which is missing.")
    return Activations(flags.mask_means)


def _is_given(flags: NeuronFlags, name: str) -> bool:
    return getattr(flags, name) != NeuronFlags.__dataclass_fields__[name].default
