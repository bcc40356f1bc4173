"""Translate a subset or measure perplexity in this process, with a loaded model, masked or not."""

from typing import List, NamedTuple

import torch
from fairseq.data import FairseqDataset
from fairseq.dataclass.configs import GenerationConfig
from fairseq.tasks import FairseqTask
from fairseq.tasks.language_modeling import LanguageModelingTask
from fairseq_cli.eval_lm import eval_lm
from omegaconf import OmegaConf

from fairseq_neurons.activations.subwords import detect_subwords
from fairseq_neurons.errors import InputError
from fairseq_neurons.plugin.checkpoints import Loaded

POST_PROCESS = {"words": None, "bpe": "subword_nmt", "sentencepiece": "sentencepiece"}


class Translations(NamedTuple):
    """Both in data-set order, words separated by blanks, subwords joined."""

    hypotheses: List[str]
    references: List[str]


def translate(
    loaded: Loaded, subset: str, beam: int = 5, max_len_a: float = 0, max_len_b: int = 200, max_tokens: int = 4000
) -> Translations:
    """Translate a subset of the task's data folder with fairseq's beam search.

    Args:
        loaded: a translation model and its task.
        subset: its name.
        beam: width.
        max_len_a: a hypothesis has at most ``max_len_a * source + max_len_b`` words, as in ``fairseq-generate``;
        max_len_b: likewise. An ablated model that never ends is bounded by these.
        max_tokens: of a batch.

    Returns:
        The best hypotheses, and the references as the data knows them (unknown words are ``<<unk>>``, which nothing
        matches).
    """
    model, task = loaded
    config = GenerationConfig(beam=beam, max_len_a=max_len_a, max_len_b=max_len_b)
    generator = task.build_generator([model], OmegaConf.structured(config))
    dataset = load_subset(task, subset)
    batches = task.get_batch_iterator(
        dataset, max_tokens=max_tokens, max_positions=model.max_positions(), ignore_invalid_inputs=True
    ).next_epoch_itr(shuffle=False)
    target = task.target_dictionary
    post_process = POST_PROCESS[detect_subwords(target.symbols)]
    hypotheses, references = [""] * len(dataset), [""] * len(dataset)
    device = next(model.parameters()).device
    for sample in batches:
        sample["net_input"] = {key: value.to(device) for key, value in sample["net_input"].items()}
        for i, found in zip(sample["id"].tolist(), task.inference_step(generator, [model], sample)):
            hypotheses[i] = target.string(found[0]["tokens"].cpu(), post_process)
            references[i] = target.string(dataset[i]["target"], post_process, escape_unk=True)
    return Translations(hypotheses, references)


@torch.no_grad()
def perplexity(loaded: Loaded, subset: str, max_tokens: int = 8000) -> float:
    """Perplexity of a language model on a subset, a sentence a sample, as ``fairseq-eval-lm`` computes it.

    Args:
        loaded: a language model and its task.
        subset: its name.
        max_tokens: of a batch.
    """
    model, task = loaded
    dataset = load_subset(task, subset)
    batches = task.eval_lm_dataloader(dataset, max_tokens=max_tokens, max_positions=model.max_positions())
    results = eval_lm(
        [model],
        task.source_dictionary,
        batches,
        target_dictionary=task.target_dictionary,
        remove_bos_token=getattr(task.args, "add_bos_token", False),
    )
    return float(results["perplexity"])


def load_subset(task: FairseqTask, subset: str) -> FairseqDataset:
    """A subset of the task's data folder, loaded once; a language model's by the sentence.

    Args:
        task: set up with the data folder.
        subset: its name.

    Raises:
        InputError: if there is none of that name.
    """
    if subset not in task.datasets:
        if isinstance(task, LanguageModelingTask):
            task.args.sample_break_mode = "eos"
        try:
            task.load_dataset(subset)
        except FileNotFoundError as error:
            raise InputError(f"There is no subset {subset!r} in the data folder.") from error
    return task.dataset(subset)
