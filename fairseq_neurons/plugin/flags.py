"""The dump and mask flags that both tasks add to fairseq's own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import List, Optional

from fairseq import utils
from fairseq.dataclass import ChoiceEnum, FairseqDataclass
from omegaconf import II

from fairseq_neurons.activations import Activations
from fairseq_neurons.activations.manifest import DTYPES, POOLINGS
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import SITES, Mask, select
from fairseq_neurons.neurons import Neurons
from fairseq_neurons.rankings import Ranking


@dataclass
class NeuronFlags(FairseqDataclass):
    """Flags of ``translation_neurons`` and ``language_modeling_neurons``."""

    dump_activations: Optional[str] = field(
        default=None, metadata={"help": "write the states of every word to this folder, which must not exist"}
    )
    dump_dtype: ChoiceEnum(DTYPES) = field(default="float32", metadata={"help": "number format of the dump"})
    dump_pooling: ChoiceEnum(POOLINGS) = field(
        default="last", metadata={"help": "which subword's state stands for the word (none: every subword has a row)"}
    )
    dump_eos: bool = field(default=False, metadata={"help": "give the end-of-sentence symbol a row, too"})
    dump_text: Optional[str] = field(
        default=None,
        metadata={"help": "the text given to fairseq-preprocess, for the true spelling of unknown words"},
    )
    mask_ranking: Optional[str] = field(default=None, metadata={"help": "choose the masked neurons by this ranking"})
    mask_top: Optional[str] = field(
        default=None, metadata={"help": "mask so many neurons (50) or percent (2.5%%) from the top of the ranking"}
    )
    mask_bottom: Optional[str] = field(default=None, metadata={"help": "likewise from its bottom"})
    mask_neurons: Optional[str] = field(
        default=None, metadata={"help": "mask these: indices, names and patterns, as in 1902,encoder.1.bwd.*"}
    )
    mask_value: str = field(default="zero", metadata={"help": "hold them at zero, mean or any number"})
    mask_means: Optional[str] = field(
        default=None, metadata={"help": "the dump whose column means --mask-value mean stands for"}
    )
    mask_site: ChoiceEnum(SITES) = field(
        default="recurrent", metadata={"help": "clamp the state inside the recurrence or only what the layer hands on"}
    )
    mask_invert: bool = field(default=False, metadata={"help": "mask all the other neurons instead"})
    checkpoint_path: Optional[str] = II("common_eval.path")


MASK_FLAGS = ("mask_ranking", "mask_top", "mask_bottom", "mask_neurons", "mask_means")


def checkpoints(flags: NeuronFlags) -> List[str]:
    """The checkpoint files of ``--path``; none while training."""
    return list(utils.split_paths(flags.checkpoint_path)) if flags.checkpoint_path else []


def wants_mask(flags: NeuronFlags) -> bool:
    """Whether a mask flag is set."""
    return any(getattr(flags, name) is not None for name in MASK_FLAGS) or flags.mask_invert


def build_mask(flags: NeuronFlags, neurons: Neurons) -> Mask:
    """The mask that the flags ask for.

    Args:
        flags: with at least one mask flag set.
        neurons: of the model.

    Raises:
        InputError: if the flags contradict each other or do not fit the model.
    """
    ranking = Ranking.load(flags.mask_ranking) if flags.mask_ranking else None
    indices, chosen_by = select(
        neurons, flags.mask_neurons, ranking, flags.mask_top, flags.mask_bottom, flags.mask_invert
    )
    means = None
    if flags.mask_means:
        dump = Activations(flags.mask_means)
        if dump.neurons != neurons:
            raise InputError(f"{flags.mask_means} holds other neurons ({dump.neurons}) than this model's ({neurons}).")
        means = dump.mean()
    return Mask.of(neurons, indices, flags.mask_value, str(flags.mask_site), means, chosen_by)  # type: ignore[arg-type]


def text_of(flags: NeuronFlags) -> Optional[Path]:
    """The file of ``--dump-text``."""
    return Path(flags.dump_text) if flags.dump_text else None
