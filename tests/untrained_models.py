"""Data folders and checkpoints as fairseq writes them, of models with random weights: no command, no training."""

from __future__ import annotations

import random
from pathlib import Path

import torch

from fairseq_neurons import LoadedModel
from tests.quick_composition import quick_composition

WORDS, SENTENCES = 12, 9
PAIR = ["bin/1", "--task", "translation_neurons", "--arch", "lstm_dalvi2019_joint", "--source-lang", "en"]
PAIR += ["--target-lang", "fr", "--encoder-embed-dim", "8", "--encoder-hidden-size", "8"]
DECODER = ["--decoder-embed-dim", "8", "--decoder-hidden-size", "8"]
LANGUAGE_MODEL = ["bin/lm", "--task", "language_modeling_neurons", "--arch", "lstm_lm_dalvi2019"]
# As fairseq's users have them, without --user-dir.
STOCK = ["--task", "translation", "--arch", "lstm", "--encoder-bidirectional", "--encoder-layers", "2"]
STOCK += ["--decoder-layers", "2", "--encoder-embed-dim", "8", "--encoder-hidden-size", "8"]
STOCK += ["--decoder-out-embed-dim", "8"]
STOCK_LM = ["bin/lm", "--task", "language_modeling", "--arch", "lstm_lm", "--decoder-out-embed-dim", "8"]


def write_untrained(folder: Path) -> None:
    """Data folders and our models.

    ``text/test.{en,fr}``, ``bin/{1,lm}`` with the subset ``test``, and ``models/{1,lm}/checkpoint_best.pt``.

    The models have two layers of eight units; English words are ``a0`` to ``a11``, French ones ``b0`` to ``b11``, and
    each test sentence has one to seven of them; the last also has a word that the dictionary lacks.
    """
    write_data(folder)
    for name, options in (("1", [*PAIR, *DECODER]), ("lm", [*LANGUAGE_MODEL, *DECODER])):
        write_checkpoint(folder, name, options)


def write_untrained_transformers(folder: Path) -> None:
    """The same data folders, and ``models/{transformer,transformer_lm}/checkpoint_best.pt`` of fairseq's own tasks."""
    write_data(folder)
    sizes = ["--decoder-layers", "2", "--decoder-embed-dim", "8", "--decoder-ffn-embed-dim", "12"]
    sizes += ["--decoder-attention-heads", "2"]
    encoder = [size.replace("decoder", "encoder") for size in sizes]
    translation = ["bin/1", "--task", "translation", "--source-lang", "en", "--target-lang", "fr"]
    write_checkpoint(folder, "transformer", [*translation, "--arch", "transformer_iwslt_de_en", *sizes, *encoder], 0.4)
    modelling = ["bin/lm", "--task", "language_modeling", "--sample-break-mode", "eos", "--tokens-per-sample", "64"]
    write_checkpoint(folder, "transformer_lm", [*modelling, "--arch", "transformer_lm", *sizes], 0.4)


def write_data(folder: Path) -> None:
    """``text/test.{en,fr}`` and ``bin/{1,lm}`` with the subset ``test``."""
    (folder / "text").mkdir(parents=True)
    chance = random.Random(4)
    numbers = [[chance.randrange(WORDS) for _ in range(chance.randrange(1, 8))] for _ in range(SENTENCES)]
    for letter, language in (("a", "en"), ("b", "fr")):
        lines = [" ".join(f"{letter}{n}" for n in line) for line in numbers]
        lines[-1] += " unseen"
        (folder / "text" / f"test.{language}").write_text("\n".join(lines) + "\n")
    _binarise(folder)


def opened(folder: Path, name: str) -> LoadedModel:
    """The model ``1`` or ``lm`` of the folder."""
    from fairseq_neurons import load_model

    return load_model(folder / "models" / name / "checkpoint_best.pt", folder / "bin" / name)


def lines_of(folder: Path) -> dict[str, list[str]]:
    """The test sentences by language."""
    return {name: (folder / "text" / f"test.{name}").read_text().splitlines() for name in ("en", "fr")}


def _binarise(folder: Path) -> None:
    from fairseq.data import Dictionary

    for letter, language in (("a", "en"), ("b", "fr")):
        dictionary = Dictionary()
        for i in range(WORDS):
            dictionary.add_symbol(f"{letter}{i}", n=100 - i)
        lines = (folder / "text" / f"test.{language}").read_text().splitlines()
        targets = [folder / "bin" / "1" / f"test.en-fr.{language}"]
        names = [folder / "bin" / "1" / f"dict.{language}.txt"]
        if language == "en":
            targets.append(folder / "bin" / "lm" / "test")
            names.append(folder / "bin" / "lm" / "dict.txt")
        for target, name in zip(targets, names, strict=True):
            name.parent.mkdir(parents=True, exist_ok=True)
            dictionary.save(str(name))
            write_binarised(target, dictionary, lines)


def write_binarised(prefix: Path, dictionary: object, lines: list[str]) -> None:
    """``PREFIX.bin`` and ``PREFIX.idx``, as ``fairseq-preprocess`` writes them."""
    from fairseq.data import indexed_dataset

    prefix.parent.mkdir(parents=True, exist_ok=True)
    builder = indexed_dataset.make_builder(f"{prefix}.bin", impl="mmap", vocab_size=len(dictionary))
    for line in lines:
        builder.add_item(dictionary.encode_line(line, add_if_not_exist=False))
    builder.finalize(f"{prefix}.idx")


def write_checkpoint(folder: Path, name: str, arguments: list[str], scale: float = 1.0) -> None:
    """``models/NAME/checkpoint_best.pt`` with random weights; the first argument is the data folder in ``folder``."""
    from fairseq import options, tasks
    from fairseq.dataclass.utils import convert_namespace_to_omegaconf
    from omegaconf import OmegaConf

    import fairseq_neurons.plugin  # noqa: F401
    from fairseq_neurons.plugin.fairseq_hydra import hydra_of_fairseq

    parsed = options.parse_args_and_arch(options.get_training_parser(), [str(folder / arguments[0]), *arguments[1:]])
    with hydra_of_fairseq(), quick_composition():
        cfg = convert_namespace_to_omegaconf(parsed)
    model = tasks.setup_task(cfg.task).build_model(cfg.model)
    generator = torch.Generator().manual_seed(3)
    state, learned = model.state_dict(), dict(model.named_parameters(remove_duplicate=False))
    state |= {key: torch.randn(state[key].shape, generator=generator) * scale for key in state if key in learned}
    (folder / "models" / name).mkdir(parents=True)
    checkpoint = {
        "args": None,
        "cfg": OmegaConf.to_container(cfg, resolve=True, enum_to_str=True),
        "model": state,
        "optimizer_history": [{"optimizer_name": "Adam", "lr_scheduler_state": {}, "num_updates": 0}],
        "extra_state": {"train_iterator": {"epoch": 1}},
    }
    torch.save(checkpoint, folder / "models" / name / "checkpoint_best.pt")
