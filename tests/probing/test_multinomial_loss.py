from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fairseq_neurons.probing import multinomial_loss as multinomial
from fairseq_neurons.probing.multinomial_loss import Multinomial

seeds = st.integers(0, 10_000)


def drawn(seed: int, words: int = 40, labels: int = 4):
    generator = np.random.default_rng(seed)
    y = np.concatenate([np.arange(labels), generator.integers(0, labels, words - labels)])
    weight = generator.random(words) + 0.1
    scores = torch.from_numpy(generator.standard_normal((words, labels)) * 3)
    return Multinomial(torch.from_numpy(y), labels, torch.from_numpy(weight / weight.sum()), torch.float64), scores


def literal(loss: Multinomial, scores, bias):
    """Loss, entropy, marginal, uncertainty and each word's uncertainty, in loops."""
    labels = loss.labels
    total, entropy, marginal, uncertainty, words = 0.0, 0.0, np.zeros(labels), np.zeros(labels), []
    for s, label, weight in zip(scores.numpy(), loss.y.tolist(), loss.weight.tolist()):
        p = np.exp(s + bias.numpy())
        p /= p.sum()
        total -= weight * np.log(p[label])
        entropy -= weight * sum(each * np.log(each) for each in p)
        marginal += weight * p
        uncertainty += weight * p * (1 - p)
        words.append(weight * (p * (1 - p)).sum())
    return total, entropy, marginal, uncertainty, np.array(words)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_evaluation__equals_loops_over_words(seed):
    loss, scores = drawn(seed)
    found = loss.evaluate(scores, loss.start)
    total, entropy, marginal, uncertainty, words = literal(loss, scores, found.bias)
    assert found.loss == pytest.approx(total, abs=1e-12)
    assert found.entropy == pytest.approx(entropy, abs=1e-12)
    np.testing.assert_allclose(found.marginal, marginal, atol=1e-12)
    np.testing.assert_allclose(found.uncertainty, uncertainty, atol=1e-12)
    np.testing.assert_allclose(loss.word_uncertainty(found), words, atol=1e-12)


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_bias__is_at_its_optimum(seed):
    loss, scores = drawn(seed)
    found = loss.evaluate(scores, loss.start)
    np.testing.assert_allclose(found.marginal, loss.shares, rtol=1e-8)
    for label in range(loss.labels):
        for change in (1e-3, -1e-3):
            moved = found.bias.clone()
            moved[label] += change
            assert loss.loss_at(scores, moved) > found.loss


# Newton's method for the shares themselves, not their logarithms, needs 11, 9, 7 and 11.
@pytest.mark.parametrize(("lost", "most"), [(-3.0, 7), (-1.0, 6), (1.0, 5), (15.0, 8)])
def test_bias_of_a_rare_label__arrives_in_a_few_surveys(monkeypatch, lost, most):
    words, labels = 20_000, 5
    generator = np.random.default_rng(7)
    y = torch.from_numpy(np.concatenate([np.arange(labels), generator.integers(0, labels - 1, words - labels)]))
    scores = torch.from_numpy(generator.standard_normal((words, labels)).astype(np.float32)) * 3
    loss = Multinomial(y, labels, None, torch.float32)
    surveys = []
    survey = Multinomial._survey
    monkeypatch.setattr(Multinomial, "_survey", lambda *args, **options: surveys.append(1) or survey(*args, **options))
    scores[:, -1] -= lost
    found = loss.evaluate(scores, loss.start)
    np.testing.assert_allclose(found.marginal, loss.shares, rtol=1e-4)
    assert len(surveys) <= most


def test_label_that_no_probability_can_hold__leaves_finite_numbers():
    loss = Multinomial(torch.tensor([0, 1, 2] * 10), 3, None, torch.float32)
    found = loss.evaluate(torch.tensor([0.0, 1.0, -1e4]).repeat(30, 1), loss.start)
    assert found.bias.isfinite().all() and found.marginal.isfinite().all()
    assert found.bias[2] > found.bias[0] + 10


@given(seeds)
@settings(max_examples=25, deadline=None)
def test_residual__is_the_derivative_by_autograd(seed):
    loss, scores = drawn(seed)
    found = loss.evaluate(scores, loss.start)
    free = scores.clone().requires_grad_()
    each = torch.nn.functional.cross_entropy(free + found.bias, loss.y, reduction="none")
    (each * loss.weight).sum().backward()
    torch.testing.assert_close(loss.residual(found, slice(0, len(scores))), free.grad, atol=1e-12, rtol=0)


def test_residual__is_the_derivative_also_with_the_bias_following():
    loss, scores = drawn(3, words=12)
    residual = loss.residual(loss.evaluate(scores, loss.start), slice(0, 12))
    for i in range(12):
        for label in range(4):
            step = torch.zeros_like(scores)
            step[i, label] = 1e-5
            rise = loss.evaluate(scores + step, loss.start).loss - loss.evaluate(scores - step, loss.start).loss
            assert residual[i, label].item() == pytest.approx(rise / 2e-5, abs=1e-8)


def test_chunks__change_nothing(monkeypatch):
    loss, scores = drawn(5)
    whole = loss.evaluate(scores, loss.start)
    monkeypatch.setattr(multinomial, "CHUNK", 7)
    pieces = loss.evaluate(scores, loss.start)
    assert pieces.loss == pytest.approx(whole.loss, abs=1e-12)
    torch.testing.assert_close(pieces.bias, whole.bias)


def test_no_scores__have_the_loss_of_the_labels_shares():
    loss, scores = drawn(6)
    found = loss.evaluate(torch.zeros_like(scores), loss.start)
    assert found.loss == pytest.approx(loss.null, abs=1e-12)
    torch.testing.assert_close(found.bias, loss.start)


@pytest.mark.parametrize("size", [1e2, 1e4])
def test_enormous_scores__give_finite_numbers(size):
    loss, scores = drawn(7)
    found = loss.evaluate(scores * size, loss.start)
    assert np.isfinite(found.loss) and torch.isfinite(found.bias).all() and torch.isfinite(found.uncertainty).all()


@pytest.mark.parametrize("factor", [0.0, 0.3, 0.99, 1.0])
def test_entropy_towards_the_truth__is_that_of_every_mixture(factor):
    loss, scores = drawn(7)
    at = loss.evaluate(scores, loss.start)
    expected = 0.0
    for i, p in enumerate(torch.softmax(at.scores + at.bias, dim=1).numpy()):
        mixed = factor * p + (1 - factor) * np.eye(len(p))[int(loss.y[i])]
        expected -= float(loss.weight[i]) * sum(x * np.log(x) for x in mixed if x > 0)
    assert loss.entropy_towards_truth(at, factor) == pytest.approx(expected, abs=1e-12)
