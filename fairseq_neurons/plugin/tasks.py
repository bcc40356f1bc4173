"""Tasks ``translation_neurons`` and ``language_modeling_neurons``: fairseq's own plus the dump and mask flags."""

from dataclasses import dataclass, field
from typing import Any, Iterator, List, Optional

from fairseq import utils
from fairseq.models import BaseFairseqModel
from fairseq.tasks import register_task
from fairseq.tasks.language_modeling import SAMPLE_BREAK_MODE_CHOICES, LanguageModelingConfig, LanguageModelingTask
from fairseq.tasks.translation import TranslationConfig, TranslationTask

from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.decoding import SharedStatesGenerator
from fairseq_neurons.plugin.dumping import Dump
from fairseq_neurons.plugin.masking import note_batch
from fairseq_neurons.plugin.neuron_flags import NeuronFlags, checkpoints, needs_sentences
from fairseq_neurons.plugin.neuron_task import BOTH_NEED, NeuronTask
from fairseq_neurons.plugin.padding_words import padding_words_unknown


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


@register_task("translation_neurons", dataclass=TranslationNeuronsConfig)
class TranslationNeuronsTask(NeuronTask, TranslationTask):
    """Translation whose states can be dumped and masked while ``fairseq-generate`` runs."""

    _aligns: bool = False

    def build_generator(
        self, models: List[BaseFairseqModel], args: Any, seq_gen_cls: Any = None, *rest: Any, **kwargs: Any
    ) -> Any:
        if checkpoints(self.flags) and self._built:  # not yet: a model under construction that measures BLEU itself
            if needs_sentences(self.flags):
                self.check_sentences()
            self.apply_flags(models)
            self.start_dump()
        self._aligns = bool(getattr(args, "print_alignment", False))
        if seq_gen_cls is None and not self._aligns:
            seq_gen_cls = SharedStatesGenerator
        return super().build_generator(models, args, seq_gen_cls, *rest, **kwargs)

    def check_sentences(self) -> None:
        if self.flags.num_batch_buckets:
            raise InputError(f"{BOTH_NEED} sentences as they are: leave out --num-batch-buckets.")

    def build_dataset_for_inference(self, *args: Any, **kwargs: Any) -> Any:
        return padding_words_unknown(super().build_dataset_for_inference(*args, **kwargs))

    def inference_step(
        self, generator: Any, models: Any, sample: dict, prefix_tokens: Any = None, constraints: Any = None
    ) -> Any:
        if self._aligns:
            sample = self._padded_as_read(sample)
        for model in models:
            note_batch(model, sample)
        hypotheses = super().inference_step(generator, models, sample, prefix_tokens, constraints)
        if self.dump is not None:
            self.dump.add(sample)
        if self.hypothesis_dump is not None:
            self.hypothesis_dump.add(sample, hypotheses)
        return hypotheses

    def _padded_as_read(self, sample: dict) -> dict:
        """The batch padded on the right, as recurrent encoders read it, whatever the data set does.

        fairseq's alignments look up the source words of attention weights in the batch, and are wrong where the encoder
        moves its padding (github.com/facebookresearch/fairseq/issues/3625). The model computes the same of both.
        """
        pad = self.source_dictionary.pad()
        tokens = utils.convert_padding_direction(sample["net_input"]["src_tokens"], pad, left_to_right=True)
        return {**sample, "net_input": {**sample["net_input"], "src_tokens": tokens}}


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
            self.check_sentences()
        batches = super().eval_lm_dataloader(dataset, *args, **kwargs)
        self.apply_flags(self._built)
        self.start_dump()
        return _Noted(batches, self._built, self.dump)

    def check_sentences(self) -> None:
        if str(self.flags.sample_break_mode) != "eos":
            raise InputError(f"{BOTH_NEED} a sentence a sample: give --sample-break-mode eos.")
        if str(self.flags.shorten_method) != "none":
            raise InputError(f"{BOTH_NEED} sentences as they are: leave out --shorten-method.")


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
