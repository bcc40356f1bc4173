"""BLEU, chrF and their tests are sacreBLEU's."""

from __future__ import annotations

import random

import pytest
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

from fairseq_neurons.ablation.metrics.bleu import Bleu
from fairseq_neurons.errors import InputError


def texts(seed: int, noise: float) -> list[str]:
    """Forty sentences of the same text, a share of whose words is lost."""
    chance, lost = random.Random(1), random.Random(seed)
    sentences = [[f"w{chance.randrange(30)}" for _ in range(9)] for _ in range(40)]
    return [" ".join(word if lost.random() > noise else "x" for word in words) for words in sentences]


REFERENCES = texts(0, 0)
BASELINE, NEAR, FAR = texts(2, 0.2), texts(3, 0.22), texts(4, 0.6)


def metric(**options) -> Bleu:
    return Bleu(lambda: BASELINE, REFERENCES, "beam:5|max_len_b:200", **options)


def test_scores__are_those_of_sacrebleu():
    bleu = metric()
    found = bleu.score(FAR)
    expected = sacrebleu.corpus_bleu(FAR, [REFERENCES], tokenize="none", force=True)
    assert found.score == expected.score
    assert found.extra["brevity_penalty"] == expected.bp and found.extra["hypothesis_words"] == expected.sys_len == 360
    assert found.extra["chrf"] == sacrebleu.corpus_chrf(FAR, [REFERENCES]).score
    assert "|tok:none|" in bleu.signature and bleu.signature.endswith("|beam:5|max_len_b:200")
    assert bleu.score([""] * 40).score == 0


def test_tokenizer__is_sacrebleus():
    spaced = [line.replace("w1", "w1.") for line in FAR]
    expected = sacrebleu.corpus_bleu(spaced, [REFERENCES], tokenize="13a", force=True).score
    assert metric(tokenize="13a").score(spaced).score == expected != metric().score(spaced).score
    with pytest.raises(InputError, match="tokenize=words: sacreBLEU has 13a, char"):
        metric(tokenize="words")


@pytest.mark.parametrize(("test", "kind"), [("bootstrap", "bs"), ("approximate-randomization", "ar")])
def test_p_values_and_intervals__are_those_of_its_paired_test(test, kind):
    found = metric(test=test, samples=200).compare(BASELINE, [NEAR, FAR])
    metrics = {"BLEU": BLEU(tokenize="none", force=True), "chrF": CHRF()}
    systems = [("a", BASELINE), ("b", NEAR), ("c", FAR)]
    _, expected = PairedTest(systems, metrics, [REFERENCES], kind, 200, 200)()
    for entry, bleu, chrf in zip(found, expected["BLEU"][1:], expected["chrF2"][1:], strict=True):
        assert (entry.score, entry.p_value) == (bleu.score, bleu.p_value)
        assert (entry.beside["chrf"], entry.beside["chrf_p_value"]) == (chrf.score, chrf.p_value)
        assert (entry.low, entry.high) == pytest.approx((bleu.mean - bleu.ci, bleu.mean + bleu.ci))
        assert entry.difference == pytest.approx(bleu.score - expected["BLEU"][0].score)
    assert found[0].p_value > 0.05 > found[1].p_value
    assert list(found[0].beside) == ["chrf", "chrf_low", "chrf_high", "chrf_difference", "chrf_p_value"]


def test_interval__is_that_of_a_bootstrapped_score():
    (found,) = metric(samples=300).compare(BASELINE, [FAR])
    score = BLEU(tokenize="none", force=True).corpus_score(FAR, [REFERENCES], n_bootstrap=300)
    assert (found.low, found.high) == pytest.approx((score._mean - score._ci, score._mean + score._ci), abs=1e-6)


def test_equal_scores__do_not_differ():
    for test in ("bootstrap", "approximate-randomization"):
        for one, other in ((BASELINE, list(BASELINE)), (["q"] * 40, ["z z"] * 40)):
            (found,) = metric(test=test, samples=50).compare(one, [other])
            assert found.p_value == found.beside["chrf_p_value"] == 1.0 and found.difference == 0


def test_hypotheses__come_back_from_their_file():
    hypotheses = ["a b", "", "line\u2028separator and\x0cfeed", "é"]
    bleu = metric()
    assert bleu.unpack(bleu.pack(hypotheses)) == hypotheses
    assert bleu.pack(hypotheses).count(b"\n") == 4
