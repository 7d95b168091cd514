"""Arithmetic and memory of designs, against torch's own counter, autograd and optimizer on the really built model."""

from __future__ import annotations

import time

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensor
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from slm_widgets.errors import ConfigError, LayerTypeError
from slm_widgets.language import use_language
from slm_widgets.layers import Layer, layer_types
from slm_widgets.layers.layer import unregister
from slm_widgets.model import build_model
from slm_widgets.stack import analyse, describe, preset
from slm_widgets.stack.budget import costs_in_words
from slm_widgets.stack.costs import PROCESS_BYTES
from slm_widgets.stack.sizes import write_bytes
from tests.stack.odd_designs import ODD_DESIGNS, model, node

NANOS = ["gpt2-nano", "qwen3-nano", "mistral-nano", "transformer-nano"]
BATCH, CONTEXT = 3, 12


def design(name):
    return ODD_DESIGNS[name] if name in ODD_DESIGNS else preset(name)


def batch_for(built, batch_size=BATCH, tokens=CONTEXT):
    ids = torch.randint(built.vocab_size, (batch_size, tokens))
    return (ids, ids.clone()) if built.reads_source else (ids,)


def storages(tensors):
    return {tensor.untyped_storage()._cdata: tensor.untyped_storage() for tensor in tensors}


def kept_bytes(built, run):
    """What autograd keeps while ``run`` goes forward, without the model's own tensors."""
    saved = []
    with saved_tensors_hooks(lambda tensor: saved.append(tensor) or tensor, lambda tensor: tensor):
        run()
    own = storages([*built.parameters(), *built.buffers()])
    return sum(s.nbytes() for address, s in storages(saved).items() if address not in own)


@pytest.mark.parametrize("name", [*NANOS, *ODD_DESIGNS])
def test_flops_are_those_of_torchs_counter_on_the_built_model(name):
    built = build_model(design(name))
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        logits = built(*batch_for(built))
        forward = counter.get_total_flops()
        logits.sum().backward()
    report = describe(design(name), BATCH, CONTEXT)
    assert (report.forward_flops, report.training_flops) == (forward, counter.get_total_flops())


def test_flops_of_gpt2_follow_the_known_formula():
    """Two operations a weight and token, and 4 T C a token for each layer's scores and their sums (Kaplan et al. 2020)."""
    T, C, blocks = 1024, 768, 12
    matrices = blocks * 12 * C * C + 50257 * C
    report = describe(preset("gpt2"))
    assert report.forward_flops == 2 * matrices * T + blocks * 4 * T * T * C
    assert report.training_flops == 3 * report.forward_flops


@pytest.mark.filterwarnings("ignore:Mismatch dtype between input and weight")  # torch, of a QK-norm under autocast
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("name", [*NANOS, *ODD_DESIGNS])
def test_activations_are_what_autograd_keeps_of_the_built_model(name, precision):
    report = describe(design(name), BATCH, CONTEXT, precision=precision)
    built = build_model(design(name)).train()
    ids, *source = batch_for(built)

    def run():
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            return built.loss(ids, ids.clone(), *source)

    # The loss keeps its targets too, and a single number.
    more = 8 * BATCH * CONTEXT + 4
    if name == "a mixture of experts" and precision == "bf16":
        # Where only shapes flow one expert does the work of all; the others' weights are not copied to bfloat16 then.
        more += 2 * sum(p.numel() for expert in built.experts.experts[1:] for p in expert.parameters() if p.dim() == 2)
    assert kept_bytes(built, run) == report.activation_bytes + more


@pytest.mark.parametrize("cell", ["RNN", "GRU", "LSTM"])
@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_recurrent_layers_are_counted_in_closed_form_within_a_few_percent(cell, precision):
    layers = node("recurrent", "recurrent", cellType=cell, numLayers=2, hiddenDim=96), node("linear", "back", outDim=24)
    stack = model(*layers, context=256)
    report = describe(stack, 4, 256, precision=precision)
    built = build_model(stack).train()
    (ids,) = batch_for(built, 4, 256)

    def run():
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bf16"):
            return built.loss(ids, ids)

    assert report.activation_bytes == pytest.approx(kept_bytes(built, run), rel=0.03)
    (layer,) = (row for row in report.layers if row.id == "recurrent")
    if cell != "LSTM":  # torch unrolls the others into products that its counter sees
        with FlopCounterMode(display=False) as counter:
            built.recurrent(torch.zeros(4, 256, 24))
        assert layer.forward_flops == counter.get_total_flops()
    weights = sum(p.numel() for name, p in built.recurrent.named_parameters() if "weight" in name)
    assert layer.forward_flops == 2 * weights * 4 * 256


@pytest.mark.parametrize("name", [*NANOS, *ODD_DESIGNS])
def test_weights_gradients_averages_and_tables_are_those_of_the_built_model(name):
    report = describe(design(name), BATCH, CONTEXT)
    built = build_model(design(name))
    optimizer = torch.optim.AdamW(built.parameters())
    built(*batch_for(built)).sum().backward()
    optimizer.step()
    averages = [value for state in optimizer.state.values() for key, value in state.items() if key != "step"]
    assert report.parameters == sum(p.numel() for p in built.parameters())
    assert report.weight_bytes == sum(p.nbytes for p in built.parameters())
    assert report.gradient_bytes == sum(p.grad.nbytes for p in built.parameters())
    assert report.optimizer_bytes == sum(average.nbytes for average in averages)
    assert report.buffer_bytes == sum(b.nbytes for b in built.buffers())


@pytest.mark.parametrize("name", [*NANOS, *ODD_DESIGNS])
def test_cache_is_what_the_built_model_remembers(name):
    report = describe(design(name), BATCH, CONTEXT)
    assert report.cache_bytes == describe(design(name), BATCH, CONTEXT, precision="bf16").cache_bytes
    built = build_model(design(name)).eval()
    if not built.can_cache:
        assert report.cache_bytes == 0
        return
    cache = built.new_cache(BATCH, CONTEXT)
    with torch.no_grad():
        built(*batch_for(built), cache=cache)
    assert report.cache_bytes == sum(s.nbytes() for s in storages(tensors_in(cache.memory)).values())


def tensors_in(memory):
    if isinstance(memory, torch.Tensor):
        return [memory]
    inside = memory.values() if isinstance(memory, dict) else memory if isinstance(memory, list | tuple) else None
    inside = vars(memory).values() if inside is None and hasattr(memory, "__dict__") else inside or ()
    return [tensor for value in inside for tensor in tensors_in(value)]


@pytest.mark.parametrize("name", ["gpt2-nano", "blocks in blocks"])
def test_the_whole_is_the_sum_of_its_layers(name):
    report = describe(design(name), BATCH, CONTEXT)
    for figure in (
        "parameters",
        "forward_flops",
        "training_flops",
        "cache_bytes",
        "activation_bytes",
    ):
        assert getattr(report, figure) == sum(getattr(row, figure) for row in report.layers if row.depth == 0)
        assert getattr(report, figure) > 0


@pytest.mark.parametrize("name", ["llama-3.2-1b", "llama2-7b", "mistral-7b", "transformer-base"])
def test_published_designs_are_counted_without_allocating(name):
    start = time.perf_counter()
    with NothingReal():
        report = describe(preset(name))
        counted = time.perf_counter() - start
        assert report.training_flops > 2 * report.forward_flops > 0
        assert report.training_bytes > report.activation_bytes > 0
        assert report.cache_bytes >= 0
    print(f"{name}: parameters in {counted:.3f} s, all in {time.perf_counter() - start:.3f} s")


class NothingReal(TorchDispatchMode):
    """Fails where torch makes a tensor of more than a kilobyte in real memory."""

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(made):
            if isinstance(tensor, torch.Tensor) and not isinstance(tensor, FakeTensor) and tensor.device.type != "meta":
                assert tensor.untyped_storage().nbytes() <= 1024, f"{func} made {tuple(tensor.shape)}"
        return made


def test_the_watch_for_real_memory_sees_some():
    with NothingReal():
        torch.empty(10_000, device="meta")
        with pytest.raises(AssertionError, match="10000"):
            torch.empty(10_000)


def unrolled(stack):
    """The first block of a design drawn out, each repeat with ids of its own."""
    layers = []
    for drawn in stack["layer_stack"]:
        if drawn["type"] != "transformerBlock":
            layers.append(drawn)
            continue
        inside = {child["data"]["id"] for child in drawn["children"]}
        before = layers[-1]["data"]["id"]
        for number in range(drawn["data"]["numOfBlocks"]):
            for child in drawn["children"]:
                data = {"label": f"number {number}", **child["data"], "id": f"{child['data']['id']}-{number}"}
                for key in ("source", "input"):
                    name, _, end = data.get(key, "").partition(":")
                    if name == drawn["data"]["id"]:
                        data[key] = before
                    elif name in inside:
                        data[key] = f"{name}-{number}" + (f":{end}" if end else "")
                layers.append({**child, "data": data})
            before = layers[-1]["data"]["id"]
    return {**stack, "layer_stack": layers}


FIGURES = ["parameters", "forward_flops", "training_flops", "activation_bytes", "buffer_bytes", "cache_bytes"]


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize(
    "name",
    [
        "dropout in attention",
        "attention beside feed-forward",
        "grouped heads of their own size with a norm",
        "a convolution",
    ],
)
def test_a_design_drawn_out_costs_what_its_block_costs(name, precision):
    block, drawn_out = (
        describe(s, BATCH, CONTEXT, precision=precision) for s in (design(name), unrolled(design(name)))
    )
    for figure in FIGURES:
        assert getattr(drawn_out, figure) == getattr(block, figure)


@pytest.mark.parametrize("figure", FIGURES)
def test_layers_that_are_alike_are_built_once(figure, monkeypatch):
    layer_type = layer_types()["feedForward"]
    built, module = [], layer_type.module
    monkeypatch.setattr(layer_type, "module", lambda self, place: built.append(self.id) or module(self, place))
    layers = [
        node("feedForward", f"ffn{n}", hiddenDim=40 if n % 2 else 48, actFunc="GELU", label=str(n)) for n in range(20)
    ]
    report = describe(model(*layers), BATCH, CONTEXT)
    if figure != "parameters":
        built.clear()
        getattr(report, figure)
    assert 2 <= len(built) <= 4  # the first reads what nothing has saved before


def test_layers_that_are_alike_but_for_a_borrowed_table_are_told_apart():
    own, borrowed = node("tokenEmbedding", "b", vocabSize=50, embDim=24), model()
    head = borrowed["layer_stack"][-1]
    rows = [node("linear", "free", bias=False, outDim=24), {**head, "data": {**head["data"], "weightTying": True}}]
    report = describe({"config": {"context_length": 12}, "layer_stack": [own, *rows]}, BATCH, CONTEXT)
    assert [row.parameters for row in report.layers] == [50 * 24, 24 * 24, 0]
    assert report.parameters == sum(p.numel() for p in build_model({"layer_stack": [own, *rows]}).parameters())


def test_asking_for_costs_leaves_random_numbers_and_the_default_device_alone():
    before = torch.get_rng_state()
    for figure in ("training_flops", "training_bytes", "cache_bytes"):
        getattr(describe(ODD_DESIGNS["dropout in attention"]), figure)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.ones(1).sum().item() == 1


def test_a_large_vocabulary_does_not_hold_its_scores():
    stack = fill(model(context=512), 100_000)
    report, built = describe(stack, 2), build_model(stack)
    ids = torch.zeros(2, 512, dtype=torch.int64)
    scores = 4 * 2 * 512 * 100_000
    assert report.activation_bytes < scores / 5
    gradient_of_head = 4 * 24 * 100_000  # made with the loss already; it is counted among the gradients
    assert kept_bytes(built, lambda: built.loss(ids, ids)) < report.activation_bytes + gradient_of_head


def fill(stack, vocab_size):
    embedding, *rest = stack["layer_stack"]
    return {**stack, "layer_stack": [{**embedding, "data": {**embedding["data"], "vocabSize": vocab_size}}, *rest]}


# -- memory ---------------------------------------------------------------------------------------------------------------


def test_the_largest_batch_is_the_last_that_fits():
    for memory in ("380 MB", "2 GB"):  # with all scores at once, and with some at a time
        for precision in ("fp32", "bf16"):
            most = describe(preset("gpt2-nano"), precision=precision).largest_batch(memory)
            assert describe(preset("gpt2-nano"), most, precision=precision).fits(memory)
            assert not describe(preset("gpt2-nano"), most + 1, precision=precision).fits(memory)


def test_the_largest_batch_does_not_depend_on_the_one_asked_about():
    found = {describe(preset("smollm2-135m"), b, 512).largest_batch("16 GB") for b in (1, 2, 7, 1000)}
    assert len(found) == 1
    assert 0 < found.pop() < 1000


def test_nothing_fits_where_the_weights_alone_do_not():
    report = describe(preset("llama2-7b"), context_length=1)
    assert not report.fits("16 GB")
    assert report.largest_batch("16 GB") == 0


def test_the_parts_of_a_training_are_its_sum():
    report = describe(preset("llama-nano"), 4)
    assert sum(report.training_parts.values()) == report.training_bytes
    assert (
        report.fixed_bytes == 20 * report.parameters + report.buffer_bytes
    )  # weights, gradients, averages, spare copy
    scores = 4 * 4 * report.context_length * report.vocab_size
    assert report.working_bytes == report.fixed_bytes // 10 + report.activation_bytes // 2 + scores


def test_whether_it_fits_is_true_or_false_and_says_why():
    report = describe(preset("gpt2"), 8)
    yes, no = report.fits("64 GB"), report.fits("6 GB")
    assert yes
    assert not no
    assert yes == True and no == False and yes != no  # noqa: E712, PT018
    assert len({yes, True, no, False}) == 2
    assert f"The largest batch size that fits is {report.largest_batch('64 GB')}." in str(yes)
    assert f"Lower the batch size from 8 to at most {report.largest_batch('6 GB')}," in repr(no)
    over = report.training_bytes + PROCESS_BYTES - 6 * 10**9
    assert f"That is {write_bytes(over)} too much" in repr(no)
    with use_language("ko"):
        assert "학습할 수 없습니다" in str(no)


def test_python_and_torch_themselves_need_room():
    report = describe(preset("gpt2-nano"))
    assert not report.fits(report.training_bytes + PROCESS_BYTES - 1)
    assert report.fits(report.training_bytes + PROCESS_BYTES)
    assert "Python and torch alone take 350 MB" in str(report.fits("100 MB"))


def test_the_costs_in_words_are_those_of_check():
    report = describe(preset("gpt2-nano"))
    assert report.costs() == costs_in_words(report)
    assert write_bytes(report.training_bytes) in report.costs()


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"batch_size": 0}, "batch_size"),
        ({"batch_size": 10**9}, "batch_size"),
        ({"context_length": 65}, "context_length"),
        ({"context_length": 0}, "context_length"),
        ({"precision": "fp8"}, "precision"),
        ({"precision": ["fp32"]}, "precision"),
        *(({"batch_size": value}, "batch_size") for value in ("4", 2.5, True, float("nan"), None, 10**5000)),
        *(({"context_length": value}, "context_length") for value in ("8", 8.0, True)),
        *(({"vocab_size": value}, "vocab_size") for value in (-5, 0, "300", 10**12, 10**5000)),
    ],
)
def test_settings_that_cannot_be_are_refused(options, field):
    with pytest.raises(ConfigError) as caught:
        describe(preset("gpt2-nano"), **options)
    assert caught.value.field == field
    with use_language("ko"), pytest.raises(ConfigError, match=field):
        describe(preset("gpt2-nano"), **options)


@pytest.mark.parametrize("size", [-5, "300", pytest.param(10**5000, id="huge")])
def test_a_vocabulary_that_cannot_be_is_a_problem_of_the_analysis(size):
    found = analyse(preset("gpt2-nano").layers, vocab_size=size)
    assert found["problems"][0]["field"] == "vocab_size"
    assert not found["ok"]


def test_sizes_beyond_torchs_own_counting_are_refused_with_a_sentence(capfd):
    stack = model(node("mhAttention", "attention", numHeads=12), context=100_000_000, position="rotary")
    with pytest.raises(ConfigError, match="too large to count"):
        _ = describe(stack, 1_000_000).forward_flops
    assert capfd.readouterr().err == ""


def test_a_layer_that_goes_by_numbers_is_named():
    class Gate(Layer):
        type = "testGate"
        title = summary = help = "gate"
        group = "wiring"

        def module(self, place):
            return GateModule()

    class GateModule(torch.nn.Module):
        def forward(self, x):
            return x if x.sum().item() > 0 else -x

    try:
        report = describe(model(node("testGate", "gate")))
        assert report.parameters > 0
        with pytest.raises(LayerTypeError, match="is_meta") as caught:
            _ = report.forward_flops
        assert caught.value.layer_id == "gate"
    finally:
        unregister("testGate")
