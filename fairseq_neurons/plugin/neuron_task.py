"""What the two tasks share: the flags, the sentences, and the masks and the recorder on the models."""

import atexit
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, List, Optional, Tuple, Union

import numpy as np
from fairseq.data.iterators import EpochBatchIterator
from fairseq.models import BaseFairseqModel
from fairseq.tasks import FairseqTask

from fairseq_neurons.errors import InputError
from fairseq_neurons.labels import read_labels
from fairseq_neurons.masks import ChosenWords
from fairseq_neurons.plugin.architectures.adapter import adapter_for
from fairseq_neurons.plugin.checkpoints import check_checkpoint, check_dictionaries
from fairseq_neurons.plugin.chosen_words import chosen_words
from fairseq_neurons.plugin.data_dictionaries import broken_dictionary, check_dictionary_files
from fairseq_neurons.plugin.dataset_sentences import Sentences, sentences_of
from fairseq_neurons.plugin.dataset_subsets import check_subset
from fairseq_neurons.plugin.dumping import Dump, Provenance
from fairseq_neurons.plugin.hypothesis_dump import HypothesisDump
from fairseq_neurons.plugin.known_dictionary import check_dictionary_of
from fairseq_neurons.plugin.known_models import check_same_kind
from fairseq_neurons.plugin.masking import masked, note_batch
from fairseq_neurons.plugin.model_neurons import ModelNeurons
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
from fairseq_neurons.plugin.quiet_fairseq import quiet_data_and_tasks, say_at_end
from fairseq_neurons.plugin.recording import Recorder, recorded
from fairseq_neurons.plugin.trained_data import TrainedData
from fairseq_neurons.storage.files import sha256_of_file

BOTH_NEED = "Dumps and masks at chosen words need"
DUMPED_BY = "Activations are dumped by fairseq-generate, fairseq-eval-lm or fairseq-neurons-extract."


class NeuronTask(FairseqTask):
    """Base class of the two tasks; masks and recorder stay on the models until the command ends."""

    flags: NeuronFlags
    dump: Optional[Dump] = None
    hypothesis_dump: Optional[HypothesisDump] = None
    _built: List[BaseFairseqModel]
    _applied: ExitStack
    _recorder: Optional[Recorder] = None
    _batches: Optional[Tuple[Any, EpochBatchIterator]] = None
    _validated: Any = None
    _mask_signature: str = ""

    @classmethod
    def setup_task(cls, cfg: Any, **kwargs: Any) -> "NeuronTask":
        states = {path: check_checkpoint(path) for path in checkpoints(cfg)}
        for path, state in states.items():
            check_history(path, state)
        check_flags(cfg)
        if states:
            quiet_data_and_tasks()
        check_dictionary_files(cfg.data)
        try:
            task = super().setup_task(cfg, **kwargs)
        except FileNotFoundError as error:
            raise InputError(f"{cfg.data} is not a data folder for this task: {error.filename} is missing.") from error
        except Exception as error:  # of all kinds, if a dictionary is damaged
            if fault := broken_dictionary(cfg.data):
                raise fault from error
            raise
        for path, state in states.items():
            check_same_kind(path, state, task)
            check_dictionaries(path, state, task)
            TrainedData.of(state).check(path, task)
        task.flags = cfg
        task._built = []
        task._applied = ExitStack()
        return task

    def load_dataset(self, split: str, *args: Any, **kwargs: Any) -> Any:
        check_subset(self, split, read_words=bool(self.flags.checkpoint_path))  # while training, once an epoch
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
                mask = build_mask(self.flags, ModelNeurons.of(model), path, words)
                self._applied.enter_context(masked(model, mask))
                self._mask_signature = mask.signature
            check_dictionary_of(self.flags.mask_means, self)
            say_at_end(lambda: f"mask: {self._mask_signature}")
        if self.flags.dump_activations:
            if len(models) != 1:
                raise InputError("A dump is of one model: give --path a single checkpoint.")
            adapter = adapter_for(models[0])
            neurons = adapter.states(self.flags.dump_states)
            if adapter.side_of(neurons) == "target":  # read in a pass of its own
                self._recorder = Recorder(adapter, neurons)
            else:
                self._recorder = self._applied.enter_context(recorded(models[0], neurons))

    def get_batch_iterator(self, dataset: Any, *args: Any, **kwargs: Any) -> EpochBatchIterator:
        if self.flags.checkpoint_path:
            # fairseq drops the last batch if its size is no multiple (by default of 8): sentences would be missing from
            # translations, BLEU and dumps without a warning (github.com/facebookresearch/fairseq/issues/5036).
            kwargs["required_batch_size_multiple"] = 1
        batches = super().get_batch_iterator(dataset, *args, **kwargs)
        if self.flags.checkpoint_path:
            shards = max(kwargs.get("num_shards", 1), int(self.flags.shards or 1))
            if self.flags.dump_activations and shards > 1:
                raise InputError("A dump is made by one process: leave out --distributed-world-size and --num-shards.")
            self._batches = (dataset, batches)
        return batches

    def _chosen_words(self) -> Optional[ChosenWords]:
        if self.flags.mask_words is None:
            return None
        if self._batches is None:
            raise InputError(
                "Words are chosen (--mask-words) in a data folder: by fairseq-generate, fairseq-eval-lm or "
                "fairseq-validate."
            )
        labels = read_labels(self.flags.mask_labels) if self.flags.mask_labels else None
        return chosen_words(self._sentences(self._batches[0]), self.flags.mask_words, labels)

    def _sentences(self, dataset: Any) -> Sentences:
        text = Path(self.flags.dump_text) if self.flags.dump_text else None
        return self._spelled(sentences_of(dataset, self.source_dictionary, text))

    def _spelled(self, sentences: Sentences) -> Sentences:
        return replace(sentences, subwords_given=str(self.flags.dump_subwords) if self.flags.dump_subwords else None)

    def start_dump(self) -> None:
        """Reserve disk space for the batches of the last iterator; the models must be recorded already."""
        if self._recorder is None:
            return
        if self._batches is None:
            raise InputError(DUMPED_BY)
        dataset, batches = self._batches
        batched = [np.asarray(batch, dtype=np.int64) for batch in batches.frozen_batches]
        kept = np.concatenate([np.zeros(0, dtype=np.int64), *batched])
        dump: Union[Dump, HypothesisDump]
        if self._recorder.side == "target":
            if self.flags.dump_text and self.flags.mask_words is None:
                raise InputError("--dump-text spells words of the source; the decoder's states are at words it writes.")
            dump = self.hypothesis_dump = HypothesisDump(
                Path(str(self.flags.dump_activations)),
                self._recorder.adapter,
                self._recorder.neurons,
                kept,
                self._spelled(Sentences(len(dataset), lambda i: np.zeros(0, int), self.target_dictionary, True)),
                partial(self._dump_of, dataset),
            )
        else:
            dump = self.dump = self._dump_of(dataset, self._sentences(dataset), kept, self._recorder)
        atexit.register(dump.abort)
        say_at_end(dump.report)

    def _dump_of(self, dataset: Any, sentences: Sentences, kept: np.ndarray, recorder: Recorder) -> Dump:
        provenance = Provenance(
            checkpoint_sha256=sha256_of_file(Path(checkpoints(self.flags)[0])),
            data=self.flags.data,
            subset=next(name for name, loaded in self.datasets.items() if loaded is dataset),
            mask=self._mask_signature,
        )
        return Dump(
            Path(str(self.flags.dump_activations)),
            sentences,
            kept,
            recorder,
            provenance,
            dtype=str(self.flags.dump_dtype),
            pooling=str(self.flags.dump_pooling),
            eos=self.flags.dump_eos,
        )

    def build_criterion(self, cfg: Any, *args: Any, **kwargs: Any) -> Any:
        if checkpoints(self.flags) and self.flags.dump_activations:  # only fairseq-validate has both
            raise InputError(DUMPED_BY)
        return super().build_criterion(cfg, *args, **kwargs)

    def valid_step(self, sample: dict, model: BaseFairseqModel, criterion: Any) -> Any:
        if checkpoints(self.flags):
            assert self._batches is not None
            if self._validated is not self._batches[0]:
                self._applied.close()  # the words of another subset are others
                self._validated = self._batches[0]
                if needs_sentences(self.flags):
                    self.check_sentences()
                self.apply_flags([model])
            note_batch(model, sample)
        return super().valid_step(sample, model, criterion)

    def check_sentences(self) -> None:
        """Check that each sentence is read once and unchanged.

        Raises:
            InputError: naming the flag to leave out.
        """
