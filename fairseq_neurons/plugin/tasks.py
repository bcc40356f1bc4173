"""Tasks ``translation_neurons`` and ``language_modeling_neurons``: fairseq's own plus the dump and mask flags."""

import atexit
import logging
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Iterator, List, Optional, Tuple

import numpy as np
from fairseq.data.iterators import EpochBatchIterator
from fairseq.models import BaseFairseqModel
from fairseq.tasks import FairseqTask, register_task
from fairseq.tasks.language_modeling import SAMPLE_BREAK_MODE_CHOICES, LanguageModelingConfig, LanguageModelingTask
from fairseq.tasks.translation import TranslationConfig, TranslationTask

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_labels
from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.checkpoints import check_checkpoint, check_dictionaries
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.dataset_subsets import check_not_empty
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.masking import masked, neurons_of, note_batch
from fairseq_neurons.plugin.neuron_flags import (
    NeuronFlags,
    build_mask,
    check_flags,
    checkpoints,
    needs_sentences,
    wants_mask,
)
from fairseq_neurons.plugin.older_checkpoints import check_history
from fairseq_neurons.plugin.padding_words import padding_words_unknown
from fairseq_neurons.plugin.recording import Recorder, recorded
from fairseq_neurons.plugin.trained_data import TrainedData
from fairseq_neurons.storage.files import sha256_of_file

logger = logging.getLogger(__name__)

BOTH_NEED = "Dumps and masks at chosen words need"


@dataclass
class TranslationNeuronsConfig(NeuronFlags, TranslationConfig):
    """Flags of fairseq's translation task and ours."""


@dataclass
class LanguageModelingNeuronsConfig(NeuronFlags, LanguageModelingConfig):
    """Flags of fairseq's language-modelling task and ours.

    One sentence a sample is the default, as in the paper: a dump has a row for every word of every sentence.
    """

    sample_break_mode: SAMPLE_BREAK_MODE_CHOICES = field(
        default="eos", metadata=LanguageModelingConfig.__dataclass_fields__["sample_break_mode"].metadata
    )


class NeuronTask(FairseqTask):
    """Base class of the two tasks; masks and recorder stay on the models until the command ends."""

    flags: NeuronFlags
    dump: Optional[Dump] = None
    _built: List[BaseFairseqModel]
    _applied: ExitStack
    _recorder: Optional[Recorder] = None
    _batches: Optional[Tuple[Any, EpochBatchIterator]] = None
    _mask_signature: str = ""

    @classmethod
    def setup_task(cls, cfg: Any, **kwargs: Any) -> "NeuronTask":
        states = {path: check_checkpoint(path) for path in checkpoints(cfg)}
        for path, state in states.items():
            check_history(path, state)
        check_flags(cfg)
        try:
            task = super().setup_task(cfg, **kwargs)
        except FileNotFoundError as error:
            raise InputError(f"{cfg.data} is not a data folder for this task: {error.filename} is missing.") from error
        for path, state in states.items():
            check_dictionaries(path, state, task)
            TrainedData.of(state).check(path, task)
        task.flags = cfg
        task._built = []
        task._applied = ExitStack()
        return task

    def load_dataset(self, split: str, *args: Any, **kwargs: Any) -> Any:
        check_not_empty(self, split)
        try:
            found = super().load_dataset(split, *args, **kwargs)
        except FileNotFoundError as error:
            if not self.flags.checkpoint_path:
                raise
            raise InputError(f"There is no subset {split!r} in {self.flags.data}.") from error
        if self.flags.checkpoint_path:
            padding_words_unknown(self.datasets[split])
        return found

    def build_model(self, cfg: Any, from_checkpoint: bool = False) -> BaseFairseqModel:
        if not from_checkpoint and (self.flags.dump_activations or wants_mask(self.flags)):
            raise InputError("Dump and mask flags are for trained models: leave them out while training.")
        model = super().build_model(cfg, from_checkpoint)
        self._built.append(model)
        return model

    def apply_flags(self, models: List[BaseFairseqModel]) -> None:
        """Mask and record the models, once their weights are loaded and they are on their device."""
        if wants_mask(self.flags):
            words = self._chosen_words()
            for model, path in zip(models, checkpoints(self.flags)):
                mask = build_mask(self.flags, neurons_of(model), path, words)
                self._applied.enter_context(masked(model, mask))
                self._mask_signature = mask.signature
            logger.info("mask: %s", self._mask_signature)
        if self.flags.dump_activations:
            if len(models) != 1:
                raise InputError("A dump is of one model: give --path a single checkpoint.")
            self._recorder = self._applied.enter_context(recorded(models[0]))

    def get_batch_iterator(self, dataset: Any, *args: Any, **kwargs: Any) -> EpochBatchIterator:
        if self.flags.checkpoint_path:
            # fairseq drops the last batch if its size is no multiple (by default of 8): sentences would be missing from
            # translations, BLEU and dumps without a warning (github.com/facebookresearch/fairseq/issues/5036).
            kwargs["required_batch_size_multiple"] = 1
        batches = super().get_batch_iterator(dataset, *args, **kwargs)
        if self.flags.checkpoint_path:
            if self.flags.dump_activations and kwargs.get("num_shards", 1) > 1:
                raise InputError("A dump is made by one process: leave out --distributed-world-size and --num-shards.")
            self._batches = (dataset, batches)
        return batches

    def _chosen_words(self) -> Optional[ChosenWords]:
        if self.flags.mask_words is None:
            return None
        if self._batches is None:
            raise InputError("Words are chosen (--mask-words) by fairseq-generate and fairseq-eval-lm.")
        labels = read_labels(self.flags.mask_labels) if self.flags.mask_labels else None
        return chosen_words(self._sentences(self._batches[0]), self.flags.mask_words, labels)

    def _sentences(self, dataset: Any) -> Sentences:
        text = Path(self.flags.dump_text) if self.flags.dump_text else None
        subwords = str(self.flags.dump_subwords) if self.flags.dump_subwords else None
        return sentences_of(dataset, self.source_dictionary, text, subwords)

    def start_dump(self) -> None:
        """Reserve disk space for the batches of the last iterator; the models must be recorded already."""
        if self._recorder is None:
            return
        if self._batches is None:
            raise InputError("Activations are dumped by fairseq-generate, fairseq-eval-lm or fairseq-neurons-extract.")
        dataset, batches = self._batches
        subset = next(name for name, loaded in self.datasets.items() if loaded is dataset)
        kept = [np.asarray(batch, dtype=np.int64) for batch in batches.frozen_batches]
        self.dump = Dump(
            Path(str(self.flags.dump_activations)),
            self._sentences(dataset),
            np.concatenate([np.zeros(0, dtype=np.int64), *kept]),
            self._recorder,
            Provenance(
                checkpoint_sha256=sha256_of_file(Path(checkpoints(self.flags)[0])),
                data=self.flags.data,
                subset=subset,
                mask=self._mask_signature,
            ),
            dtype=str(self.flags.dump_dtype),
            pooling=str(self.flags.dump_pooling),
            eos=self.flags.dump_eos,
        )
        atexit.register(self.dump.abort)


@register_task("translation_neurons", dataclass=TranslationNeuronsConfig)
class TranslationNeuronsTask(NeuronTask, TranslationTask):
    """Translation whose encoder states can be dumped and masked while ``fairseq-generate`` runs."""

    def build_generator(
        self, models: List[BaseFairseqModel], args: Any, seq_gen_cls: Any = None, *rest: Any, **kwargs: Any
    ) -> Any:
        if self.flags.checkpoint_path:
            if needs_sentences(self.flags) and self.flags.num_batch_buckets:
                raise InputError(f"{BOTH_NEED} sentences as they are: leave out --num-batch-buckets.")
            self.apply_flags(models)
            self.start_dump()
        if seq_gen_cls is None and not getattr(args, "print_alignment", False):
            seq_gen_cls = SharedStatesGenerator
        return super().build_generator(models, args, seq_gen_cls, *rest, **kwargs)

    def build_dataset_for_inference(self, *args: Any, **kwargs: Any) -> Any:
        return padding_words_unknown(super().build_dataset_for_inference(*args, **kwargs))

    def inference_step(
        self, generator: Any, models: Any, sample: dict, prefix_tokens: Any = None, constraints: Any = None
    ) -> Any:
        for model in models:
            note_batch(model, sample)
        hypotheses = super().inference_step(generator, models, sample, prefix_tokens, constraints)
        if self.dump is not None:
            self.dump.add(sample)
        return hypotheses


@register_task("language_modeling_neurons", dataclass=LanguageModelingNeuronsConfig)
class LanguageModelingNeuronsTask(NeuronTask, LanguageModelingTask):
    """Language modelling whose states can be dumped and masked while ``fairseq-eval-lm`` runs."""

    def build_generator(self, models: List[BaseFairseqModel], args: Any, *rest: Any, **kwargs: Any) -> Any:
        if self.flags.dump_activations:
            raise InputError("A language model's states are dumped by fairseq-eval-lm, not by fairseq-generate.")
        if self.flags.mask_words is not None:
            raise InputError("A language model is masked at chosen words by fairseq-eval-lm, not by fairseq-generate.")
        self.apply_flags(models)
        return super().build_generator(models, args, *rest, **kwargs)

    def eval_lm_dataloader(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        if needs_sentences(self.flags):
            if kwargs.get("context_window"):
                raise InputError(f"{BOTH_NEED} each word read once: leave out --context-window.")
            if str(self.flags.sample_break_mode) != "eos":
                raise InputError(f"{BOTH_NEED} a sentence a sample: give --sample-break-mode eos.")
            if str(self.flags.shorten_method) != "none":
                raise InputError(f"{BOTH_NEED} sentences as they are: leave out --shorten-method.")
        batches = super().eval_lm_dataloader(dataset, *args, **kwargs)
        self.apply_flags(self._built)
        self.start_dump()
        return _Noted(batches, self._built, self.dump)


class _Noted:
    """The batches of a data loader: each is announced to masks before it is read, and dumped before the next."""

    def __init__(self, batches: Any, models: List[BaseFairseqModel], dump: Optional[Dump]) -> None:
        self.batches, self.models, self.dump = batches, models, dump

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[dict]:
        for sample in self.batches:
            for model in self.models:
                note_batch(model, sample)
            yield sample
            if self.dump is not None:
                self.dump.add(sample)
