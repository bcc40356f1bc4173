from __future__ import annotations

import pytest
import torch

from fairseq_neurons.plugin.architectures.replaced_forward import replaced_forward


def test_forward__is_replaced_while_the_context_lasts_and_hooks_stay():
    module, seen = torch.nn.Linear(2, 2), []
    module.register_forward_hook(lambda module, inputs, output: seen.append(output))
    with replaced_forward(module, lambda x: x + 1):
        assert torch.equal(module(torch.zeros(2)), torch.ones(2))
    assert torch.equal(seen[0], torch.ones(2))
    assert "forward" not in vars(module)


def test_exception__leaves_the_modules_own_forward():
    module = torch.nn.Linear(2, 2)
    with pytest.raises(ZeroDivisionError), replaced_forward(module, lambda x: 1 / 0):
        module(torch.zeros(2))
    assert "forward" not in vars(module)


def test_forward_that_is_replaced__is_not_replaced_again():
    module = torch.nn.Linear(2, 2)
    inner = replaced_forward(module, torch.tanh)
    with replaced_forward(module, torch.relu), pytest.raises(RuntimeError, match="already replaced"), inner:
        pass
    assert "forward" not in vars(module)
