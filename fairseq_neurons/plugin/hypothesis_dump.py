"""Dump the states of a decoder at the words of the translations that a search finds."""

import logging
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, List

import numpy as np
import torch
from fairseq.data import Dictionary, data_utils
from torch import Tensor

from fairseq_neurons.neurons import Neurons
from fairseq_neurons.plugin.architectures.adapter import Adapter
from fairseq_neurons.plugin.dataset_sentences import Sentences
from fairseq_neurons.plugin.dumping import Dump
from fairseq_neurons.plugin.masking import note_batch
from fairseq_neurons.plugin.recording import Recorder, recorded
from fairseq_neurons.storage.files import writing

logger = logging.getLogger(__name__)

Start = Callable[[Sentences, np.ndarray, Recorder], Dump]


class HypothesisDump:
    """Records a forced pass over the best hypothesis of every sentence, under the masks that it was found under.

    A search reads beams that it reorders and drops, so its own states are not those of the hypotheses. The rows of the
    dump are known when the last hypothesis is found; until then the states are in a temporary file beside it.

    Args:
        out: folder of the dump.
        adapter: of the model that translates.
        neurons: of its decoder.
        kept: (kept sentences,) indices of the sentences that are translated.
        empty: as many empty sentences as the data set has, of the target language.
        start: makes the dump of sentences, their indices, and a recorder.
    """

    def __init__(
        self,
        out: Path,
        adapter: Adapter,
        neurons: Neurons,
        kept: np.ndarray,
        empty: Sentences,
        start: Start,
    ) -> None:
        self.out, self.adapter, self.neurons = out, adapter, neurons
        self.kept, self.empty, self.start = kept, empty, start
        self._hypotheses: Dict[int, Tensor] = {}
        self._order: List[int] = []
        self._report = ""
        with writing(out):
            out.absolute().parent.mkdir(parents=True, exist_ok=True)
            self._spool = tempfile.TemporaryFile(dir=out.absolute().parent)  # noqa: SIM115 - closed by abort

    def add(self, sample: Dict[str, Any], hypotheses: List[List[Dict[str, Tensor]]]) -> None:
        """Read the best hypotheses of a batch.

        Args:
            sample: as collated by fairseq, where the model is.
            hypotheses: of each of its sentences, the best first, as the search returns them.
        """
        ids = sample["id"].tolist()
        best = [found[0]["tokens"].cpu() for found in hypotheses]
        read = forced(sample, best, self.empty.dictionary)
        model = self.adapter.model
        note_batch(model, read)
        with torch.no_grad(), recorded(model, self.neurons) as recorder:
            self.adapter.read_target(read["net_input"])
            states = recorder.take_sentences(read)
        with writing(self.out):
            for i, tokens, rows in zip(ids, best, states):
                self._hypotheses[i] = tokens[:-1]
                self._order.append(i)
                self._spool.write(rows.tobytes())
        if len(self._order) == len(self.kept):
            self._finish()

    def _finish(self) -> None:
        none = torch.zeros(0, dtype=torch.long)
        sentences = replace(self.empty, tokens=lambda i: self._hypotheses.get(i, none).numpy())
        with self.start(sentences, self.kept, Recorder(self.adapter, self.neurons)) as dump:
            self._spool.seek(0)
            for i in self._order:
                positions = len(self._hypotheses[i]) + 1
                content = self._spool.read(4 * positions * len(self.neurons))
                dump.write(i, np.frombuffer(content, dtype=np.float32).reshape(positions, -1))
            self._report = dump.report()

    def report(self) -> str:
        """A sentence about a complete dump; empty for an incomplete one."""
        return self._report

    def abort(self) -> None:
        """Remove the temporary file, and log an error if the dump is incomplete."""
        if not self._report and not self._spool.closed:
            missing = len(self.kept) - len(self._order)
            logger.error("%s was not written: %d sentences have not been translated", self.out, missing)
        self._spool.close()


def forced(sample: Dict[str, Any], hypotheses: List[Tensor], dictionary: Dictionary) -> Dict[str, Any]:
    """The batch in which a decoder reads given translations.

    Args:
        sample: as collated by fairseq.
        hypotheses: of each sentence (S,), ended by the end-of-sentence symbol.
        dictionary: of the target language.
    """
    pad, eos = dictionary.pad(), dictionary.eos()
    previous = data_utils.collate_tokens(hypotheses, pad, eos, left_pad=False, move_eos_to_beginning=True)
    source = sample["net_input"]
    read = {
        "src_tokens": source["src_tokens"],
        "src_lengths": source["src_lengths"],
        "prev_output_tokens": previous.to(source["src_tokens"].device),
    }
    return {"id": sample["id"], "net_input": read}
