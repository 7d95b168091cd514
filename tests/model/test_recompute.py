from __future__ import annotations

import torch
from torch.autograd.graph import saved_tensors_hooks

from slm_widgets.training.dice import dice_of
from tests.small_runs import small_parts


def gradients(model, ids, targets):
    """All gradients of one loss in training mode, and how many bytes were kept for them on the way forward."""
    kept = {}

    def keep(tensor):
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    model.train()
    with dice_of(0, 1, torch.device("cpu")), saved_tensors_hooks(keep, lambda tensor: tensor):
        loss = model.loss(ids, targets)
        kept_bytes = sum(kept.values())
        loss.backward()
    found = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    return loss.item(), found, kept_bytes


def test_recomputed_blocks_give_the_same_gradients_from_less_memory():
    model, dataset, _ = small_parts()  # with dropout, which must be drawn alike both times
    ids, targets = dataset.train.batch(torch.arange(8))
    loss, expected, kept_bytes = gradients(model, ids, targets)
    model.recompute_blocks()
    again, found, less_bytes = gradients(model, ids, targets)
    assert again == loss
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert less_bytes < 0.7 * kept_bytes
    model.recompute_blocks(False)
    assert gradients(model, ids, targets)[2] == kept_bytes


def test_recomputing_changes_nothing_about_reading():
    plain, recomputing = (small_parts()[0].eval() for _ in range(2))
    recomputing.recompute_blocks()
    ids = torch.arange(10).unsqueeze(0)
    assert torch.equal(plain(ids), recomputing(ids))
