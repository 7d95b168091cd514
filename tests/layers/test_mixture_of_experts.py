import copy
import math

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode
from transformers import MixtralConfig, Qwen3MoeConfig
from transformers.models.mixtral.modeling_mixtral import MixtralSparseMoeBlock, load_balancing_loss_func
from transformers.models.qwen3_moe.modeling_qwen3_moe import Qwen3MoeSparseMoeBlock

from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe

WIDTH, HIDDEN = 16, 24


def design(layers=1, **fields):
    gated = {"feedForwardType": "Gated", "actFunc": "SwiGLU"}
    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": WIDTH}},
        *(
            {"type": "mixtureOfExperts", "data": {"id": f"moe{i}", "hiddenDim": HIDDEN, **gated, **fields}}
            for i in range(layers)
        ),
        {"type": "linear", "data": {"id": "head"}},
    ]


def mixtral(experts, top_k):
    config = MixtralConfig(
        hidden_size=WIDTH, intermediate_size=HIDDEN, num_local_experts=experts, num_experts_per_tok=top_k
    )
    return MixtralSparseMoeBlock(config)


def qwen(experts, top_k, normalize):
    config = Qwen3MoeConfig(
        hidden_size=WIDTH,
        moe_intermediate_size=HIDDEN,
        num_experts=experts,
        num_experts_per_tok=top_k,
        norm_topk_prob=normalize,
    )
    return Qwen3MoeSparseMoeBlock(config)


def pairs(ours, theirs):
    """Each of our matrices with the place in theirs, where all experts are stacked."""
    yield ours.router.weight, theirs.gate.weight, ...
    for e, expert in enumerate(ours.experts):
        yield expert.gate.weight, theirs.experts.gate_up_proj, (e, slice(None, HIDDEN))
        yield expert.up.weight, theirs.experts.gate_up_proj, (e, slice(HIDDEN, None))
        yield expert.down.weight, theirs.experts.down_proj, e


def same_weights(ours, theirs):
    """Random weights for both, the router's large enough to prefer some experts."""
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(std=0.4)
        for mine, other, where in pairs(ours, theirs):
            mine.copy_(other[where])


PEERS = [
    (lambda: mixtral(5, 2), {"numExperts": 5, "topK": 2}),
    (lambda: mixtral(8, 1), {"numExperts": 8, "topK": 1}),
    (lambda: mixtral(3, 3), {"numExperts": 3, "topK": 3}),
    (lambda: qwen(6, 3, True), {"numExperts": 6, "topK": 3, "normalizeTopK": True}),
    (lambda: qwen(6, 3, False), {"numExperts": 6, "topK": 3, "normalizeTopK": False}),
    (lambda: qwen(4, 1, False), {"numExperts": 4, "topK": 1, "normalizeTopK": False}),
]


@pytest.mark.parametrize(("peer", "fields"), PEERS)
def test_outputs_and_gradients_are_those_of_transformers(peer, fields):
    ours, theirs = build_model(design(**fields)).moe0, peer()
    same_weights(ours, theirs)
    x = torch.randn(3, 7, WIDTH, requires_grad=True)
    mine, expected = ours(x), theirs(x)
    torch.testing.assert_close(mine, expected, rtol=1e-5, atol=1e-5)
    gradient = torch.randn_like(expected)
    (of_x,) = torch.autograd.grad(expected, [x], gradient, retain_graph=True)
    expected.backward(gradient)
    x.grad = None
    mine.backward(gradient)
    torch.testing.assert_close(x.grad, of_x, rtol=1e-4, atol=1e-5)
    for parameter, other, where in pairs(ours, theirs):
        torch.testing.assert_close(parameter.grad, other.grad[where], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("top_k", [1, 2, 4])
def test_the_balance_loss_is_that_of_transformers_times_its_coefficient(top_k):
    moe = build_model(design(numExperts=4, topK=top_k, balanceLoss=0.05, normalizeTopK=False)).moe0.train()
    with torch.no_grad():
        moe.router.weight.normal_()
    x = torch.randn(3, 7, WIDTH)
    moe(x)
    expected = load_balancing_loss_func((moe.router(x.flatten(0, 1)),), 4, top_k)
    torch.testing.assert_close(moe.balance_loss, 0.05 * expected)
    ours, theirs = (torch.autograd.grad(loss, moe.router.weight)[0] for loss in (moe.balance_loss, expected))
    torch.testing.assert_close(ours, 0.05 * theirs)


def test_training_adds_the_balance_losses_of_all_layers_and_evaluation_none():
    model = build_model(design(layers=2, numExperts=4, topK=2, balanceLoss=0.1)).train()
    ids = torch.randint(0, 11, (3, 7))
    trained = model.loss(ids, ids)
    asked = model.moe0.balance_loss + model.moe1.balance_loss
    plain = model.eval().loss(ids, ids)
    assert model.moe0.balance_loss is None
    torch.testing.assert_close(trained, plain + asked)
    # Evenly spread, each layer would ask for the coefficient times k.
    assert asked.item() == pytest.approx(2 * 0.1 * 2, rel=0.1)


def test_a_balance_loss_spreads_the_tokens():
    """A router that sends nearly everything to one expert learns to spread it."""
    torch.manual_seed(0)
    moe = build_model(design(numExperts=4, topK=1, balanceLoss=1.0, normalizeTopK=False)).moe0.train()
    x = torch.randn(64, 8, WIDTH) + 0.3
    with torch.no_grad():
        moe.router.weight.normal_(std=0.02)[0] += 0.5
    moe(x)
    assert moe.load[0] > 0.8
    for _ in range(100):
        (gradient,) = torch.autograd.grad(moe.balance_loss, moe.router.weight)
        with torch.no_grad():
            moe.router.weight -= 0.1 * gradient
        moe(x)
    assert moe.load.max() < 0.3


@pytest.mark.parametrize("top_k", [1, 2])
def test_each_expert_computes_only_its_own_tokens_and_the_load_says_how_many(top_k):
    moe = build_model(design(numExperts=4, topK=top_k, normalizeTopK=False)).moe0
    with torch.no_grad():
        moe.router.weight.normal_()
    seen = {}
    for e, expert in enumerate(moe.experts):
        expert.register_forward_hook(lambda _, inputs, __, e=e: seen.update({e: len(inputs[0])}))
    x = torch.randn(3, 7, WIDTH)
    moe(x)
    assert sum(seen.values()) == 21 * top_k
    chosen = moe.router(x.flatten(0, 1)).topk(top_k).indices
    assert [seen[e] for e in range(4)] == [int((chosen == e).sum()) for e in range(4)]
    torch.testing.assert_close(moe.load, torch.tensor([seen[e] / (21 * top_k) for e in range(4)]))
    assert not moe.load.requires_grad


def test_an_expert_that_no_token_chooses_has_no_gradient_and_does_no_harm():
    moe = build_model(design(numExperts=3, topK=1, normalizeTopK=False)).moe0
    with torch.no_grad():
        moe.router.weight.copy_(torch.tensor([1.0, 0.0, -1.0])[:, None].expand(3, WIDTH))
    moe(torch.ones(2, 3, WIDTH)).sum().backward()
    assert moe.load.tolist() == [1, 0, 0]
    assert all(p.grad is None or not p.grad.any() for p in moe.experts[1].parameters())
    assert moe.experts[0].down.weight.grad.any()


def test_its_weights_have_readable_names():
    names = set(build_model(design(numExperts=2)).state_dict())
    experts = {f"moe0.experts.{e}.{name}.weight" for e in (0, 1) for name in ("gate", "up", "down")}
    assert names == {"tokens.weight", "moe0.router.weight", *experts, "head.weight", "head.bias"}


def test_on_the_meta_device_it_costs_what_the_chosen_experts_cost():
    fields = {"numExperts": 5, "topK": 2}
    counts = []
    for device in ("meta", "cpu"):
        with torch.device(device):
            moe = build_model(design(**fields), device=device).moe0
            with FlopCounterMode(display=False) as counter:
                assert moe(torch.zeros(3, 7, WIDTH)).shape == (3, 7, WIDTH)
        counts.append(counter.get_total_flops())
    tokens = 3 * 7
    assert counts == [2 * tokens * (WIDTH * 5 + 2 * 3 * WIDTH * HIDDEN)] * 2


def test_its_count_holds_every_expert():
    report = describe(design(numExperts=5, topK=2))
    assert report.layers[1].parameters == sum(p.numel() for p in mixtral(5, 2).parameters())


@pytest.mark.parametrize("chunks", [[1] * 9, [4, 1, 4]])
def test_cached_generation_routes_as_reading_all_does(chunks):
    model = build_model(design(layers=2, numExperts=4, topK=2), seed=1).eval()
    with torch.no_grad():
        for moe in (model.moe0, model.moe1):
            moe.router.weight.normal_()
    ids = torch.randint(0, 11, (2, 9))
    cache = model.new_cache(2, 9)
    parts = [model(part, cache=cache) for part in ids.split(chunks, dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), model(ids), rtol=1e-5, atol=1e-5)


def test_a_model_in_the_middle_of_training_can_be_copied():
    model = build_model(design(numExperts=4, balanceLoss=0.1)).train()
    ids = torch.randint(0, 11, (3, 7))
    model.loss(ids, ids).backward()
    assert model.moe0.balance_loss is not None
    assert copy.deepcopy(model).moe0.balance_loss is None


def test_it_runs_under_autocast():
    model = build_model(design(numExperts=4, balanceLoss=0.1)).train()
    ids = torch.randint(0, 11, (3, 7))
    with torch.autocast("cpu", torch.bfloat16):
        loss = model.loss(ids, ids)
    loss.backward()
    assert loss.item() == pytest.approx(math.log(11) + 0.2, rel=0.05)


def test_it_compiles_without_a_break_where_numbers_may_be_read_on_the_way():
    model = build_model(design(numExperts=4, balanceLoss=0.1)).train()
    with torch._dynamo.config.patch(capture_scalar_outputs=True):
        compiled = torch.compile(model, backend="eager", fullgraph=True)
        for length in (7, 7, 9):
            ids = torch.randint(0, 11, (3, length))
            torch.testing.assert_close(compiled(ids), model(ids))
    torch._dynamo.reset()


def test_more_experts_per_token_than_there_are_is_refused():
    (problem,) = check_stack(design(numExperts=4, topK=5))
    assert (problem.layer_id, problem.field, problem.severity) == ("moe0", "topK", "error")
    assert "1 to 4" in problem.message


def test_one_expert_per_token_with_all_the_weight_is_a_warning():
    (problem,) = check_stack(design(numExperts=4, topK=1))
    assert (problem.field, problem.severity) == ("normalizeTopK", "warning")
    assert check_stack(design(numExperts=4, topK=1, normalizeTopK=False)) == []
    # And rightly so: the router gets no gradient.
    moe = build_model(design(numExperts=4, topK=1)).moe0
    moe(torch.randn(2, 3, WIDTH)).square().sum().backward()
    assert moe.router.weight.grad is None or moe.router.weight.grad.abs().max() < 1e-6
