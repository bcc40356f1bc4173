"""Make a data set of sentences that are not in a data folder."""

from typing import List, Optional, Sequence

import numpy as np
import torch
from fairseq.data import Dictionary, FairseqDataset, LanguagePairDataset, MonolingualDataset, TokenBlockDataset
from fairseq.tasks import FairseqTask
from fairseq.tasks.language_modeling import LanguageModelingTask

from fairseq_neurons.plugin.padding_words import without_padding


def dataset_of_lines(
    task: FairseqTask, lines: Sequence[str], references: Optional[Sequence[str]] = None
) -> FairseqDataset:
    """Build what ``task.load_dataset`` builds of the same sentences in a data folder.

    Args:
        task: knows the dictionaries.
        lines: one sentence each, its tokens separated by blanks; tokens outside the dictionary, and ``<pad>``, become
            ``<unk>``.
        references: the target side of a translation data set, a line for each sentence; without them it has none.
    """
    if isinstance(task, LanguageModelingTask):
        return _monolingual(task, _encoded(lines, task.source_dictionary))
    source = _encoded(lines, task.source_dictionary)
    if references is None:
        return LanguagePairDataset(
            source, _sizes(source), task.source_dictionary, left_pad_source=task.cfg.left_pad_source
        )
    target = _encoded(references, task.target_dictionary)
    return LanguagePairDataset(
        source,
        _sizes(source),
        task.source_dictionary,
        target,
        _sizes(target),
        task.target_dictionary,
        left_pad_source=task.cfg.left_pad_source,
        left_pad_target=task.cfg.left_pad_target,
    )


def _encoded(lines: Sequence[str], dictionary: Dictionary) -> List[torch.Tensor]:
    encoded = (dictionary.encode_line(line, add_if_not_exist=False).long() for line in lines)
    return [without_padding(tokens, dictionary) for tokens in encoded]


def _sizes(tokens: List[torch.Tensor]) -> np.ndarray:
    return np.array([len(sentence) for sentence in tokens])


def _monolingual(task: LanguageModelingTask, tokens: List[torch.Tensor]) -> MonolingualDataset:
    dictionary = task.source_dictionary
    blocks = TokenBlockDataset(
        tokens, _sizes(tokens), None, pad=dictionary.pad(), eos=dictionary.eos(), break_mode="eos", include_targets=True
    )
    return MonolingualDataset(
        blocks,
        blocks.sizes,
        dictionary,
        task.target_dictionary,
        add_eos_for_other_targets=True,
        shuffle=False,
        targets=task.targets,
        add_bos_token=task.args.add_bos_token,
    )
