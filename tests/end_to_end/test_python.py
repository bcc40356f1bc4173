"""The Python API gives the numbers of fairseq's commands."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest

from fairseq_neurons.activations import Activations
from fairseq_neurons.errors import InputError
from fairseq_neurons.masks import Mask
from fairseq_neurons.plugin import load_model, masked, neurons_of
from fairseq_neurons.plugin.extraction import extract
from tests.end_to_end.conftest import DECODER, LANGUAGE_MODEL, TRAINING, TRANSLATION
from tests.running import succeed


def test_translate__gives_the_hypotheses_of_generate_masked_or_not(world):
    loaded = load_model(str(world.model("joint")), str(world.data))
    mask = Mask.of(neurons_of(loaded.model), np.arange(8), 0.5)
    free = loaded.translate("test", max_len_b=20)
    with masked(loaded.model, mask):
        ablated = loaded.translate("test", max_len_b=20)
    command = ["fairseq-generate", world.data, *TRANSLATION, "--path", world.model("joint"), "--gen-subset", "test"]
    scores = []
    for flags, found in (([], free), (["--mask-neurons", "encoder.0.fwd.*", "--mask-value", 0.5], ablated)):
        output = succeed(*command, "--max-len-b", 20, *flags)
        expected = {int(i): words for i, words in re.findall(r"^H-(\d+)\t[^\t]*\t(.*)$", output, re.MULTILINE)}
        assert found == [expected[i] for i in range(30)]
        targets = {int(i): words for i, words in re.findall(r"^T-(\d+)\t(.*)$", output, re.MULTILINE)}
        assert loaded.references("test") == [targets[i] for i in range(30)]
        scores.append(re.findall(r"^H-\d+\t([^\t]*)", output, re.MULTILINE))
    assert scores[0] != scores[1]


@pytest.mark.parametrize("bos", [False, True])
def test_perplexity_and_states__are_those_of_eval_lm(world, tmp_path, bos):
    checkpoint, flags = world.model("lm"), []
    if bos:
        flags = ["--add-bos-token"]
        sizes = ["--arch", "lstm_lm_dalvi2019", *DECODER, "--max-epoch", 1, "--save-dir", tmp_path / "m", *TRAINING]
        succeed("fairseq-train", world.lm_data, *LANGUAGE_MODEL, *flags, *sizes)
        checkpoint = tmp_path / "m" / "checkpoint_best.pt"
    command = ["fairseq-eval-lm", world.lm_data, *LANGUAGE_MODEL, *flags, "--path", checkpoint, "--gen-subset", "test"]
    output = succeed(*command, "--dump-activations", tmp_path / "a", "--dump-eos")
    found = re.search(r"Loss \(base 2\): ([0-9.]+)", output)
    assert found
    loaded = load_model(str(checkpoint), str(world.lm_data))
    assert math.log2(loaded.perplexity("test")) == pytest.approx(float(found.group(1)), abs=1e-4)
    extract(str(checkpoint), str(tmp_path / "b"), data=str(world.lm_data), text=str(world.text("test")), eos=True)
    np.testing.assert_allclose(Activations(tmp_path / "a").values, Activations(tmp_path / "b").values, atol=1e-6)


def test_empty_sentences__own_no_rows(world, tmp_path):
    (tmp_path / "text").write_text("word1\n\nword2 word3\n", encoding="utf-8")
    for name in ("joint", "lm"):
        data = str(world.lm_data if name == "lm" else world.data)
        extract(str(world.model(name)), str(tmp_path / name), data=data, text=str(tmp_path / "text"))
        dump = Activations(tmp_path / name)
        assert dump.offsets.tolist() == [0, 1, 1, 3]
        assert dump.sentences == [["word1"], [], ["word2", "word3"]]
        assert dump.manifest.skipped == 0


def test_data_folder_of_other_dictionaries__is_refused(world, tmp_path):
    joint = str(world.model("joint"))
    with pytest.raises(InputError, match="give the folder with data="):
        load_model(joint, str(tmp_path))
    with pytest.raises(InputError, match="give the folder with data="):
        load_model(joint, str(world.lm_data))
    for language in ("en", "fr"):
        (tmp_path / f"dict.{language}.txt").write_text("a 1\nb 1\n")
        (tmp_path / f"test.en-fr.{language}.idx").touch()  # from whose name fairseq infers the languages
    with pytest.raises(InputError, match="trained with other dictionaries"):
        load_model(joint, str(tmp_path))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"sentencepiece": "x"}, "text=, which is missing"),
        ({"text": "x", "dump_text": "y"}, "leave it out with text="),
        ({"pooling": "avg"}, "pooling=avg cannot be dumped"),
    ],
)
def test_extract__refuses_options_that_do_not_go_together(world, tmp_path, options, sentence):
    with pytest.raises(InputError, match=sentence):
        extract(str(world.model("joint")), str(tmp_path / "a"), data=str(world.data), **options)
    assert not list(tmp_path.iterdir())


def test_text_in_conllu__is_its_words(world, tmp_path):
    sentences = [line.split() for line in world.text("test").read_text().splitlines()[:3]]
    table = ["\n".join(f"{i}\t{w}" + "\t_" * 8 for i, w in enumerate(s, start=1)) + "\n\n" for s in sentences]
    (tmp_path / "a.conllu").write_text("".join(table))
    (tmp_path / "a.txt").write_text("".join(" ".join(words) + "\n" for words in sentences))
    for kind in ("conllu", "txt"):
        path = str(tmp_path / f"a.{kind}")
        extract(str(world.model("joint")), str(tmp_path / kind), data=str(world.data), text=path)
    assert Activations(tmp_path / "conllu").sentences == sentences
    assert np.array_equal(Activations(tmp_path / "conllu").values, Activations(tmp_path / "txt").values)
