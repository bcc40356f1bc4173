"""fairseq's beam search with encoder states that beams share, and without its passes over beam x vocabulary."""

import logging
import math
from functools import cache
from typing import Any, Dict, List, NamedTuple, Optional

import torch
from fairseq.search import BeamSearch
from fairseq.sequence_generator import SequenceGenerator
from torch import Tensor

from fairseq_neurons.plugin.architectures.adapter import find_adapter
from fairseq_neurons.plugin.architectures.step_decoder import StepDecoder, StepState
from fairseq_neurons.plugin.decoding.beams import Beams
from fairseq_neurons.plugin.decoding.vocabulary import Candidates, Vocabulary

logger = logging.getLogger("fairseq_neurons")

Hypotheses = List[List[Dict[str, Tensor]]]


class SharedStatesGenerator(SequenceGenerator):
    """``SequenceGenerator`` for one model whose architecture has a step decoder: the same hypotheses, token for token.

    Other options, such as sampling, constraints, diverse beams or blocked n-grams, use fairseq's own methods;
    ensembles, language-model fusion and models without a step decoder use fairseq's search as a whole.
    """

    def step_decoder(self) -> Optional[StepDecoder[Any]]:
        """The decoder of a model that decodes faster here; None leaves it to fairseq."""
        if self.model.models_size > 1 or self.lm_model is not None:
            return _left_to_fairseq("several models" if self.lm_model is None else "a language model beside the model")
        model = self.model.single_model
        adapter = find_adapter(model)
        decoder = None if adapter is None else adapter.step_decoder()
        if decoder is not None:
            return decoder
        unsupported = adapter.unsupported_in_search() if adapter is not None else ""
        return _left_to_fairseq(unsupported or f"models of the class {type(model).__name__}")

    def _generate(
        self,
        sample: Dict[str, Any],
        prefix_tokens: Optional[Tensor] = None,
        constraints: Optional[Tensor] = None,
        bos_token: Optional[int] = None,
    ) -> Hypotheses:
        # Constraints that the search does not support are refused by fairseq, in its words.
        refused = constraints is not None and not self.search.supports_constraints
        decoder = None if refused else self.step_decoder()
        if decoder is None:
            return super()._generate(sample, prefix_tokens, constraints, bos_token)
        self.search.init_constraints(constraints, self.beam_size)
        return _Search(self, decoder, sample, prefix_tokens, self.eos if bos_token is None else bos_token).run()


@cache
def _left_to_fairseq(unsupported: str) -> None:
    """Say once a process that a search is as slow as fairseq's."""
    logger.info("The beam search is fairseq's own: the faster one does not support %s.", unsupported)


class _Search:
    """The search over one batch."""

    def __init__(
        self,
        generator: SharedStatesGenerator,
        decoder: StepDecoder[Any],
        sample: Dict[str, Any],
        prefix: Optional[Tensor],
        first: int,
    ) -> None:
        net_input = sample["net_input"]
        src_tokens, self.src_lengths = net_input["src_tokens"], net_input["src_lengths"]
        self.generator, self.prefix = generator, prefix
        self.beam = generator.beam_size
        self.longest = self._longest(src_tokens.size(1))
        self.decoder = decoder
        self.vocabulary = Vocabulary(*decoder.output_weights())
        encoder = generator.model.single_model.encoder
        self.state: StepState = decoder.start(encoder.forward_torchscript(net_input))
        self.beams = Beams.start(src_tokens, self.beam, self.longest, first, generator.pad)
        sentences = len(src_tokens)
        self.ids = sample.get("id", torch.arange(sentences, device=src_tokens.device))
        self.finalized: Hypotheses = [[] for _ in range(sentences)]
        self.finished = [False] * sentences

    def _longest(self, words: int) -> int:
        generator = self.generator
        if generator.match_source_len:
            longest = int(self.src_lengths.max())
        else:
            longest = min(int(generator.max_len_a * words + generator.max_len_b), generator.max_len - 1)
        if generator.min_len > longest:
            raise AssertionError("min_len cannot be larger than max_len, please adjust these!")
        return longest

    def run(self) -> Hypotheses:
        """All finished hypotheses of every sentence, best first."""
        for step in range(self.longest + 1):
            found = self._candidates(step)
            ended = found.words.eq(self.generator.eos) & found.scores.ne(-math.inf)
            first = ended[:, : self.beam]
            first[self.beams.ignored] = False
            done = self._finalize(step, found, first)
            if all(self.finished) or (self.generator.search.stop_on_max_len and step >= self.longest):
                break
            assert step < self.longest, "no hypothesis ends: the model's scores are not numbers"
            self._continue(step, self._drop(done, found, ended))
        return [sorted(found, key=lambda hypothesis: -float(hypothesis["score"])) for found in self.finalized]

    def _candidates(self, step: int) -> Candidates:
        """The best continuations: twice as many as beams, because some end the sentence."""
        last = self.beams.tokens[:, step]
        # Before the first word all beams of a sentence are one.
        read = self.decoder.read(last[:: self.beam] if step == 0 else last)
        features, weights = self.decoder.step(self.state, read)
        self.beams.attend(step, weights)
        generator = self.generator
        prefixed = self.prefix is not None and step < min(self.prefix.size(1), self.longest)
        plain = type(generator.search) is BeamSearch and generator.repeat_ngram_blocker is None
        if prefixed or not plain or step >= self.longest:
            return self._candidates_of_fairseq(step, features, prefixed)
        so_far = self.beams.scores[:, step - 1].view(-1, self.beam) if step else features.new_zeros(len(features), 1)
        count = min(2 * self.beam, so_far.size(1) * self.vocabulary.size - 1)
        return self.vocabulary.best(
            features, so_far, count, lambda log_probs: self._restrict(step, log_probs), generator.temperature
        )

    def _restrict(self, step: int, log_probs: Tensor) -> None:
        """Exclude and penalise words as the options ask: (n, V') changed in place."""
        generator = self.generator
        log_probs[:, generator.pad] = -math.inf
        if generator.unk_penalty:
            log_probs[:, generator.unk] -= generator.unk_penalty
        if step < generator.min_len:
            log_probs[:, generator.eos] = -math.inf
        if generator.token_indices_to_suppress is not None:
            log_probs[:, generator.token_indices_to_suppress] = -math.inf

    def _candidates_of_fairseq(self, step: int, features: Tensor, prefixed: bool) -> Candidates:
        """The same by fairseq's own methods, over all of beam x vocabulary."""
        generator, beams, size = self.generator, self.beams, self.vocabulary.size
        log_probs = self.vocabulary.log_probs(features, generator.temperature)[:, :size]
        if step == 0:
            log_probs = log_probs.repeat_interleave(self.beam, dim=0)
        if prefixed:
            log_probs[:, generator.pad] = -math.inf
            log_probs[:, generator.unk] -= generator.unk_penalty
            log_probs, beams.tokens, beams.scores = generator._prefix_tokens(
                step, log_probs, beams.scores, beams.tokens, self.prefix, self.beam
            )
        else:
            self._restrict(step, log_probs)
        if step >= self.longest:
            log_probs[:, : generator.eos] = -math.inf
            log_probs[:, generator.eos + 1 :] = -math.inf
        if generator.should_set_src_lengths:
            generator.search.set_src_lengths(self.src_lengths)
        sentences = len(beams.ignored)
        if generator.repeat_ngram_blocker is not None:
            log_probs = generator.repeat_ngram_blocker(beams.tokens, log_probs, sentences, self.beam, step)
        scores = beams.scores.view(sentences, self.beam, -1)[:, :, :step]
        words = beams.tokens[:, : step + 1]
        log_probs = log_probs.contiguous().view(sentences, -1, size)
        return Candidates(*generator.search.step(step, log_probs, scores, words, self.ids))

    def _finalize(self, step: int, found: Candidates, ended: Tensor) -> List[int]:
        """Set aside hypotheses that end among the best candidates; returns the sentences that have enough of them."""
        if not ended.any():
            return []
        rows = self._rows(found.beams)[:, : self.beam].masked_select(ended)
        scores = found.scores[:, : self.beam].masked_select(ended)
        return self.generator.finalize_hypos(
            step,
            rows,
            scores,
            self.beams.tokens,
            self.beams.scores,
            self.finalized,
            self.finished,
            self.beam,
            None if self.beams.attention is None else self.beams.attention.transpose(1, 2),
            self.src_lengths,
            self.longest,
        )

    def _rows(self, beams: Tensor) -> Tensor:
        """(S, any) beams of each sentence -> rows of ``Beams``."""
        return beams + torch.arange(len(beams), device=beams.device)[:, None] * self.beam

    def _drop(self, done: List[int], found: Candidates, ended: Tensor) -> "_Survivors":
        """Continue without the finished sentences."""
        keep = torch.ones(len(ended), dtype=torch.bool, device=ended.device)
        keep[done] = False
        sentences = keep.nonzero().squeeze(1)
        if not done:
            return _Survivors(sentences, found, ended)
        self.beams.keep_sentences(sentences)
        self.state.keep_sentences(sentences)
        self.generator.search.prune_sentences(sentences)
        self.src_lengths, self.ids = self.src_lengths[sentences], self.ids[sentences]
        if self.prefix is not None:
            self.prefix = self.prefix[sentences]
        return _Survivors(sentences, Candidates(*(part[sentences] for part in found)), ended[sentences])

    def _continue(self, step: int, survivors: "_Survivors") -> None:
        """Fill the beams with the best candidates that do not end."""
        sentences, found, ended = survivors
        ended[:, : self.beam] |= self.beams.ignored
        last = 2 * self.beam
        order = torch.arange(ended.size(1), device=ended.device) + ended * last
        place, active = order.topk(self.beam, dim=1, largest=False)
        self.beams.ignored = place.ge(last)
        beams = found.beams.gather(1, active)
        self.beams.extend(step, self._rows(beams), found.words.gather(1, active), found.scores.gather(1, active))
        self.generator.search.update_constraints(active)
        # Before the first word the state has one beam a sentence, and after it all its sentences.
        before = sentences[:, None].expand_as(beams) if step == 0 else sentences[:, None] * self.beam + beams
        self.state.select_rows(before.reshape(-1))


class _Survivors(NamedTuple):
    """What continues after a step: sentences by their number before it, their candidates, and which of these end."""

    sentences: Tensor
    found: Candidates
    ended: Tensor
