"""What cannot be read or written is refused in a sentence that says where and why, before anything is allocated or written."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from slm_widgets.errors import CheckpointError, ExportError, LayerStackError
from slm_widgets.export import export_huggingface, import_huggingface
from slm_widgets.export.huggingface.family import ACTIVATIONS
from slm_widgets.language import use_language
from slm_widgets.model import build_model
from slm_widgets.stack import preset
from tests.export.huggingface_cases import CONFIGS, rewrite_config, their_model

Json = dict[str, Any]
Tensors = dict[str, torch.Tensor]

_CASES = {
    "gpt2": "gpt2",
    "gpt_neo": "gpt-neo",
    "llama": "llama 2",
    "mistral": "mistral, window of 7, heads of 16",
    "qwen3": "qwen3, biases, a window of 6 from the second layer on",
}


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("originals")
    for name, case in _CASES.items():
        their_model(CONFIGS[case]).save_pretrained(folder / name)
    return folder


@pytest.fixture
def copy_of(originals: Path, tmp_path: Path) -> Callable[[str], Path]:
    return lambda name: Path(shutil.copytree(originals / name, tmp_path / name))


# ---------------------------------------------------------------- config.json

_ROPE = {"rope_type": "default", "rope_theta": 10_000.0}
_LINEAR = {"rope_type": "linear", "factor": 2.0}
_BY_LAYER = {"full_attention": _ROPE, "sliding_attention": _ROPE}


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("gpt2", {"model_type": "bert"}, r"model_type is 'bert', but slm_widgets can read only: gpt2 / gpt_neo / llama"),
        ("gpt2", {"model_type": ...}, "model_type is missing"),
        ("gpt2", {"model_type": ["gpt2"]}, r"model_type is \['gpt2'\]"),
        ("gpt2", {"n_embd": ...}, "n_embd is missing; it must be a whole number from 1 to"),
        ("gpt2", {"n_embd": "48"}, "n_embd is '48'"),
        ("gpt2", {"n_embd": True}, "n_embd is True"),
        ("gpt2", {"n_embd": 0}, "n_embd is 0"),
        ("gpt2", {"n_embd": 10**30}, "n_embd is 1000"),
        ("gpt2", {"n_head": 5}, "cannot be built.*5 heads, but 48 channels"),
        ("gpt2", {"n_layer": 10**6}, "asks for 1,000,000 layers, but the weights have 3"),
        ("gpt2", {"n_layer": 2}, "asks for 2 layers, but the weights have 3"),
        ("gpt2", {"vocab_size": 10**8}, r"wte\.weight has shape \[101, 48\], but \[100000000, 48\] is needed"),
        ("gpt2", {"n_inner": 200}, r"mlp\.c_fc\.weight has shape \[48, 192\], but \[48, 200\] is needed"),
        ("gpt2", {"activation_function": "quick_gelu"}, "activation_function is 'quick_gelu'.*gelu_new"),
        ("gpt2", {"layer_norm_epsilon": -1.0}, "cannot be built.*eps is -1.0"),
        ("gpt2", {"layer_norm_epsilon": float("inf")}, "layer_norm_epsilon is inf"),
        ("gpt2", {"resid_pdrop": 1.5}, "cannot be built.*dropoutRate is 1.5"),
        ("gpt2", {"scale_attn_weights": 1}, "scale_attn_weights is 1, .*true or false"),
        ("gpt2", {"add_cross_attention": True}, "add_cross_attention is True"),
        ("gpt2", {"quantization_config": {"quant_method": "gptq"}}, "quantization_config is .*original weights"),
        ("gpt_neo", {"attention_types": [[["global", "local"], 10**12]]}, "attention_types is .*global.*local"),
        ("gpt_neo", {"attention_types": [[["global", "blocks"], 2]]}, "attention_types is"),
        ("gpt_neo", {"attention_types": "global"}, "attention_types is 'global'.*a list"),
        ("gpt_neo", {"attention_types": [["global", 4]]}, "attention_types is"),
        ("llama", {"rope_parameters": _LINEAR}, r"rope_parameters\.rope_type is 'linear'.*default / llama3"),
        ("llama", {"rope_parameters": ..., "rope_scaling": {"type": "yarn"}}, r"rope_scaling\.type is 'yarn'"),
        ("llama", {"rope_parameters": _BY_LAYER}, r"rope_parameters\.full_attention is"),
        ("llama", {"rope_parameters": {**_ROPE, "partial_rotary_factor": 0.5}}, "partial_rotary_factor is 0.5"),
        ("llama", {"rope_parameters": {"rope_type": "llama3"}}, r"rope_parameters\.factor is missing"),
        ("llama", {"rope_parameters": 7}, "rope_parameters is 7.*group of settings"),
        ("llama", {"rope_interleaved": True}, "rope_interleaved is True"),
        ("llama", {"num_key_value_heads": 3}, "cannot be built.*3 key/value groups"),
        ("llama", {"head_dim": 11}, "cannot be built.*The rotary size is 11"),
        ("llama", {"attention_bias": True}, r"q_proj\.bias \(and 7 more\) is missing in the weights"),
        ("mistral", {"layer_types": ["sliding_attention", "full_attention"]}, "layer_types is"),
        ("mistral", {"sliding_window": 0}, "sliding_window is 0"),
        ("qwen3", {"layer_types": ["full_attention"]}, "layer_types is .*3 ×"),
        ("qwen3", {"use_sliding_window": False}, "layer_types is .*no use_sliding_window"),
        ("qwen3", {"attention_bias": False}, r"k_proj\.bias \(and 11 more\) has no place in the design"),
        ("gpt2", {"tie_word_embeddings": False}, r"lm_head\.weight is missing in the weights.*AutoModelForCausalLM"),
        ("llama", {"tie_word_embeddings": True}, r"tie_word_embeddings.*lm_head\.weight holds other numbers"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_is_named(
    copy_of: Callable[[str], Path], name: str, changes: Json, said: str
) -> None:
    folder = copy_of(name)
    rewrite_config(folder, **changes)
    with pytest.raises(CheckpointError, match=re.compile(said, re.DOTALL)) as caught:
        import_huggingface(folder)
    assert caught.value.field
    with use_language("ko"), pytest.raises(CheckpointError, match=r"[가-힣]"):
        import_huggingface(folder)


@pytest.mark.parametrize("text", ["", "[]", "7", "{", '{"n_layer": 1' + "0" * 5000 + "}", "[" * 100_000, "\udcff"])
def test_a_damaged_config_is_a_sentence(copy_of: Callable[[str], Path], text: str) -> None:
    folder = copy_of("gpt2")
    (folder / "config.json").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(CheckpointError, match=r"config\.json (cannot be read|must hold an object)"):
        import_huggingface(folder)


_JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.sampled_from(["", "llama3", "silu", "local"]),
    st.lists(st.one_of(st.integers(-3, 10**12), st.sampled_from(["global", "full_attention"])), max_size=3),
    st.dictionaries(
        st.sampled_from(["rope_type", "type", "factor", "rope_theta"]), st.integers(-3, 10**12), max_size=3
    ),
)


@pytest.mark.parametrize("name", _CASES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_config_says_it_is_read_or_refused(originals: Path, tmp_path: Path, name: str, data: Any) -> None:
    folder = tmp_path / name
    if not folder.exists():
        shutil.copytree(originals / name, folder)
    values = json.loads((originals / name / "config.json").read_text(encoding="utf-8"))
    keys = data.draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=3))
    values |= {key: data.draw(_JUNK) for key in keys}
    (folder / "config.json").write_text(json.dumps(values), encoding="utf-8")
    try:
        stack, model = import_huggingface(folder, max_bytes=10**9)
    except (CheckpointError, LayerStackError):
        return
    assert model.stack == stack


# ---------------------------------------------------------------- weights


def _rewrite_weights(folder: Path, change: Callable[[Tensors], Tensors]) -> None:
    tensors = change(load_file(folder / "model.safetensors"))
    save_file({name: tensor.clone().contiguous() for name, tensor in tensors.items()}, folder / "model.safetensors")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: {k: v for k, v in t.items() if "ln_1" not in k}, r"h\.0\.ln_1\.\w+ \(and 5 more\) is missing"),
        (lambda t: {**t, "transformer.adapter.weight": torch.ones(2)}, r"adapter\.weight has no place in the design"),
        (lambda t: {**t, "transformer.h.1.ln_2.bias": torch.ones(47)}, r"ln_2\.bias has shape \[47\], but \[48\]"),
        (lambda t: {**t, "wte.weight": torch.ones(101, 48)}, r"wte\.weight is there twice"),
        (lambda t: {**t, "transformer.ln_f.bias": torch.ones(48, dtype=torch.int8)}, r"ln_f\.bias holds I8.*uantised"),
        (lambda t: {**t, "transformer.h.99999999999.ln_1.bias": torch.ones(1)}, "has no place in the design"),
    ],
)
def test_tensors_that_do_not_fit_are_named(
    copy_of: Callable[[str], Path], change: Callable[[Tensors], Tensors], said: str
) -> None:
    folder = copy_of("gpt2")
    _rewrite_weights(folder, change)
    with pytest.raises(CheckpointError, match=re.compile(said, re.DOTALL)) as caught:
        import_huggingface(folder)
    assert caught.value.field
    with use_language("ko"), pytest.raises(CheckpointError, match=r"[가-힣]"):
        import_huggingface(folder)


def test_a_pickle_is_never_opened_and_the_sentence_says_how_to_convert_it(copy_of: Callable[[str], Path]) -> None:
    folder = copy_of("gpt2")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match=r"pytorch_model\.bin, a pickle.*save_pretrained\(new_folder\)"):
        import_huggingface(folder)
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(CheckpointError, match=r"There is no model\.safetensors"):
        import_huggingface(folder)
    with pytest.raises(CheckpointError, match=r"There is no .*config\.json"):
        import_huggingface(folder / "nowhere")


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xff" * 8 + b"{}", None])
def test_damaged_weights_are_a_sentence(copy_of: Callable[[str], Path], content: bytes | None) -> None:
    path = copy_of("gpt2") / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-10] if content is None else content)
    with pytest.raises(CheckpointError, match=r"model\.safetensors cannot be read"):
        import_huggingface(path.parent)


@pytest.mark.parametrize(
    ("index", "said"),
    [
        ("{}", r"index\.json cannot be read"),
        ('{"weight_map": ["a"]}', r"index\.json cannot be read"),
        ('{"weight_map": {"wte.weight": "../weights.safetensors"}}', r"index\.json cannot be read \('\.\./weights"),
        ('{"weight_map": {"wte.weight": "/weights.safetensors"}}', r"index\.json cannot be read"),
        ('{"weight_map": {"wte.weight": "weights.bin"}}', r"index\.json cannot be read"),
        ('{"weight_map": {"wte.weight": ["weights.safetensors"]}}', r"index\.json cannot be read"),
        ('{"weight_map": {"wte.weight": "model-1.safetensors"}}', r"model-1\.safetensors is not there"),
        ('{"weight_map": {}}', "asks for 3 layers, but the weights have 0"),
    ],
)
def test_an_index_leads_nowhere_else(copy_of: Callable[[str], Path], index: str, said: str) -> None:
    folder = copy_of("gpt2")
    (folder / "model.safetensors").rename(folder.parent / "weights.safetensors")
    (folder / "model.safetensors.index.json").write_text(index, encoding="utf-8")
    with pytest.raises(CheckpointError, match=said):
        import_huggingface(folder)


def test_a_model_larger_than_the_limit_is_not_built(copy_of: Callable[[str], Path]) -> None:
    with pytest.raises(LayerStackError, match="Building this design takes"):
        import_huggingface(copy_of("gpt2"), max_bytes=1000)


# ---------------------------------------------------------------- designs


def _edited(name: str, edit: Callable[[dict[str, Json]], None], insert: tuple[str, Json] | None = None) -> Json:
    """A preset's document, changed in place: ``edit`` takes the layers by id, ``insert`` puts one after another."""
    document = preset(name).to_json()
    document["config"].pop("training", None)

    def lists(nodes: list[Json]) -> Any:
        yield nodes
        for node in nodes:
            yield from lists(node.get("children", []))

    edit({node["data"]["id"]: node["data"] for nodes in lists(document["layer_stack"]) for node in nodes})
    if insert is not None:
        for nodes in lists(document["layer_stack"]):
            places = [i for i, node in enumerate(nodes) if node["data"]["id"] == insert[0]]
            if places:
                nodes.insert(places[0] + 1, insert[1])
                break
    return document


def _set(layer: str, **fields: Any) -> Callable[[dict[str, Json]], None]:
    return lambda layers: layers[layer].update(fields)


def _dropout(rate: float = 0.1) -> Json:
    return {"type": "dropout", "data": {"id": "extra", "dropoutRate": rate}}


_BLOCK = {"type": "transformerBlock", "data": {"id": "again", "numOfBlocks": 1}, "children": []}
_NOTHING: Callable[[dict[str, Json]], None] = lambda layers: None  # noqa: E731


@pytest.mark.parametrize(
    ("name", "edit", "insert", "layer", "said"),
    [
        ("llama-nano", _NOTHING, ("attention", _dropout()), "extra", r"Layer 6 \(dropout\): Llama has no dropout here"),
        ("llama-nano", _NOTHING, ("positions", _dropout()), "extra", "Llama has no dropout here"),
        ("llama-nano", _set("head", bias=True), None, "head", r"bias is true, but Llama needs false"),
        ("llama-nano", _set("norm1", eps=1e-3), None, "norm2", "eps is 1e-05, but 0.001 in Layer 4"),
        ("llama-nano", _set("norm1", normType="LayerNorm"), None, "norm1", "normType is LayerNorm, but Llama needs RMSNorm"),
        ("llama-nano", _set("attention", softCap=5.0), None, "attention", "softCap is 5.0, but Llama needs it empty"),
        ("llama-nano", _set("attention", causal=False), None, "attention", "causal is false, but Llama needs true"),
        ("llama-nano", _set("attention", ropeStyle="interleaved"), None, "attention", "ropeStyle is interleaved"),
        ("llama-nano", _set("attention", rotaryDim=4), None, "attention", "rotaryDim is 4, but Llama needs it empty"),
        ("llama-nano", _set("attention", scale=0.3), None, "attention", "scale is 0.3, but Llama needs it empty"),
        ("llama-nano", _set("attention", isRoPE=False), None, "attention", "isRoPE is false, but Llama needs true"),
        ("llama-nano", _set("attention", positionBias="alibi"), None, "attention", "positionBias is alibi"),
        ("llama-nano", _set("attention", qkNorm=True, qkNormEps=1e-3), None, "attention", "qkNormEps is 0.001, but Qwen 3 needs 1e-05"),
        ("llama-nano", _set("ffn", feedForwardType="Standard"), None, "ffn", "feedForwardType is Standard, but Llama"),
        ("llama-nano", _set("positions", posType="learned"), None, "positions", "Llama adds no positions here"),
        ("llama-nano", _set("add1", scale=0.5), None, "add1", "a residual over this branch, of scale 1"),
        ("llama-nano", _set("add2", source="block:in"), None, "add2", "a residual over this branch"),
        ("llama-nano", _set("ffn", input="norm1"), None, "ffn", "need a feed-forward, reading"),
        ("llama-nano", _NOTHING, ("head", {"type": "dropout", "data": {"id": "extra", "dropoutRate": 0.1}}), "extra", "nothing more"),
        ("llama-nano", _NOTHING, ("norm", {"type": "linear", "data": {"id": "extra", "outDim": 64}}), "head", "nothing more after"),
        ("qwen3-nano", _set("attention", qkNormEps=1e-3), None, "attention", "qkNormEps is 0.001, but Qwen 3 needs 1e-06"),
        ("mistral-nano", _set("attention", qkvBias=True), None, "attention", "windowSize is 16, but Llama needs it empty"),
        ("gpt2-nano", _set("positions", posType="sinusoidal"), None, "positions", "posType is sinusoidal, but GPT-2 needs learned"),
        ("gpt2-nano", _set("positions", posType="alibi"), None, "attention", "positionBias is alibi, but GPT-2 needs it empty"),
        ("gpt2-nano", _set("positions", posType="rotary"), None, "tokens", "GPT-2 adds learned positions"),
        ("gpt2-nano", _set("tokens", scale=8.0), None, "tokens", "scale is 8.0, but GPT-2 needs"),
        ("gpt2-nano", _set("attention", windowSize=5), None, "attention", "windowSize is 5, but GPT-2 needs it empty"),
        ("gpt2-nano", _set("attention", scale=0.3), None, "attention", "scale is 0.3, but GPT-2 needs it empty"),
        ("gpt2-nano", _NOTHING, ("attention", _dropout()), "ffn", "same dropout after every attention and every feed-forward"),
        ("gpt2-nano", _set("norm", normType="RMSNorm"), None, "norm", "normType is RMSNorm, but GPT-2 needs LayerNorm"),
        ("gpt-neo-nano", _set("global_attention", scale=0.5), None, "global_attention", "scale is 0.5, but GPT-Neo"),
        ("gpt-j-nano", _NOTHING, None, "ffn", "need a normalization, reading"),
    ],
)  # fmt: skip
def test_a_design_that_no_family_can_say_is_refused_with_the_layer(
    name: str, edit: Any, insert: Any, layer: str, said: str, tmp_path: Path
) -> None:
    model = build_model(_edited(name, edit, insert))
    with pytest.raises(ExportError, match=re.compile(said, re.DOTALL)) as caught:
        export_huggingface(model, tmp_path / "model")
    assert caught.value.layer_id == layer, caught.value
    assert list(tmp_path.iterdir()) == []
    with use_language("ko"), pytest.raises(ExportError, match=r"[가-힣]"):
        export_huggingface(model, tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "edit", "insert"),
    [
        ("llama-nano", _NOTHING, ("attention", _dropout(0.0))),  # does nothing
        ("llama-nano", _NOTHING, ("add2", _BLOCK)),  # an empty block
        ("llama-nano", _set("attention", scale=16**-0.5), None),  # as by default
        ("llama-nano", lambda layers: layers["add1"].update(source="attention", input="block:in"), None),  # a + b is b + a
        ("llama-nano", _set("norm1", affine=False), None),  # ones are written
        ("llama-nano", _set("attention", qkvBias=True), None),  # zeros are written for the output's bias
        ("gpt2-nano", _set("norm1", affine=False), None),
        ("gpt2-nano", _set("attention", scale=16**-0.5, zeroInit=True), None),
    ],
)  # fmt: skip
@torch.no_grad()
def test_what_only_looks_different_is_written(name: str, edit: Any, insert: Any, tmp_path: Path) -> None:
    model = build_model(_edited(name, edit, insert)).eval()
    ids = torch.randint(0, 256, (2, 50))
    _, again = import_huggingface(export_huggingface(model, tmp_path / "model"))
    torch.testing.assert_close(again(ids), model(ids), rtol=1e-5, atol=1e-6)


def test_an_activation_that_transformers_lacks_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ACTIVATIONS, "mish")
    model = build_model(_edited("gpt2-nano", _set("ffn", actFunc="Mish")))
    with pytest.raises(ExportError, match=r"Layer 8 \(feedForward\): transformers has no activation Mish"):
        export_huggingface(model, tmp_path / "model")


def test_a_family_can_be_asked_for(tmp_path: Path) -> None:
    model = build_model(preset("llama-nano"))
    folder = export_huggingface(model, tmp_path / "mistral", family="mistral")
    assert json.loads((folder / "config.json").read_text())["model_type"] == "mistral"
    with pytest.raises(ExportError, match="Qwen 3 has attention with QK-norm"):
        export_huggingface(model, tmp_path / "qwen3", family="qwen3")
    with pytest.raises(ExportError, match=r"no family 'bert'\. Choose one of gpt2, gpt_neo, llama, mistral, qwen3"):
        export_huggingface(model, tmp_path / "bert", family="bert")
