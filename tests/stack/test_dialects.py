"""Files of every dialect and generation: each is read, counted and written back in the one canonical form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slm_widgets.cli import main
from slm_widgets.errors import LayerStackError
from slm_widgets.language import use_language
from slm_widgets.model import build_model
from slm_widgets.stack import analyse, check_stack, describe, parse_stack
from slm_widgets.stack.dialects.values import MAX_BYTES
from slm_widgets.widgets.design_source import read_design

FILES = Path(__file__).parents[1] / "fixtures" / "stacks"

# Published counts and the oracles of LAYER_STACK.md; of the small ones the sum, written out.
COUNTS = {
    "gpt_oldest_request": 28_182_097,
    "gpt_oldest_saved": 28_182_097,
    "gpt_oldest_canvas": 28_182_097,
    "gpt_oldest_list": 28_182_097,
    "gpt_envelope": 28_182_097,
    "gpt_list": 28_182_097,
    "gpt2_untied_128_request": 162_349_056,
    "llama2_7b_request": 6_738_415_616,
    "llama32_1b_request": 1_235_814_400,
    "llama32_1b_saved": 1_235_814_400,
    "qwen3_06b_request": 596_049_920,
    # table; two blocks of norm, q, k and v, output, norms of q and k, three matrices of the gated feed-forward
    "gqa_attention_list": 1000 * 64 + 2 * (64 + 64 * 128 + 2 * 64 * 32 + 128 * 64 + 2 * 16 + 3 * 64 * 160),
    # table; q, k, v and output with biases; head with bias
    "sinusoidal_canvas": 100 * 32 + 4 * (32 * 32 + 32) + (32 + 1) * 100,
    # table; two standard feed-forwards with biases; head
    "reads_outside_envelope": 100 * 32 + 2 * (32 * 64 + 64 + 64 * 32 + 32) + 32 * 100,
}

# The layer and field that each points at, and words of the sentence.
BROKEN = {
    "cut_off": (None, None, "not valid JSON: line 2, column 1"),
    "not_a_number": ("norm", "eps", "[1].data.eps is nan"),
    "key_twice": ("attention", "numHeads", "Layer 2 (mhAttention): numHeads stands twice"),
    "contradiction": ("attention", "numHeads", "num_heads means numHeads 4, but n_heads means numHeads 8"),
    "later_source": ("add", "source", "source is norm, which does not come before"),
    "circle_canvas": ("norm", None, "run in a circle"),
    "branch_canvas": ("ffn", None, "from tokens to ffn goes past norm"),
    "unfitting_factor": ("ffn", "numOfFactor", "2.55 × 30 is 76.5"),
    "reserved_id": (":source", "id", "kept for the source text"),
    "ungated_swiglu_request": ("ffn", "feedForwardType", "Choose Gated"),
}


def file(name):
    return FILES / f"{name}.json"


def read(name):
    return json.loads(file(name).read_text(encoding="utf-8"))


def tokens(**data):
    return {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 8, **data}}


def node(type_name, name="it", **data):
    return {"type": type_name, "data": {"id": name, **data}}


def between(*nodes):
    return [tokens(), *nodes, node("linear", "head", bias=False)]


def block(*children, **data):
    return {**node("transformerBlock", "block", **data), "children": list(children)}


def only(design, number=1):
    """One node of a design as it is written back, without its id."""
    data = parse_stack(design).layers[number]["data"]
    return {key: value for key, value in data.items() if key != "id"}


def errors(source):
    return [(p.layer_id, p.field) for p in check_stack(source) if p.severity == "error"]


def test_every_file_here_has_its_expectations():
    assert {path.stem for path in FILES.glob("*.json")} == set(COUNTS)
    assert {path.stem for path in (FILES / "broken").glob("*.json")} == set(BROKEN)


@pytest.mark.parametrize("name", COUNTS)
def test_check_prints_the_expected_total(name, capsys):
    assert main(["check", str(file(name))]) == 0
    assert f"{COUNTS[name]:,} parameters" in capsys.readouterr().out


@pytest.mark.parametrize("name", COUNTS)
def test_what_is_read_is_written_back_as_itself(name):
    stack = parse_stack(file(name))
    assert parse_stack(stack.to_json()) == stack
    assert parse_stack(stack.layers).nodes == stack.nodes
    assert parse_stack(json.dumps(stack.to_json())).layers == stack.layers


@pytest.mark.parametrize("name", [name for name, count in COUNTS.items() if count < 200_000])
def test_small_ones_count_what_is_built(name):
    built = build_model(file(name))
    assert sum(p.numel() for p in built.parameters()) == COUNTS[name]


@pytest.mark.parametrize("name", BROKEN)
def test_check_points_at_what_is_wrong(name, capsys):
    layer_id, field, words = BROKEN[name]
    path = file(f"broken/{name}")
    assert main(["check", str(path)]) == 1
    assert words in capsys.readouterr().err
    problems = [p for p in check_stack(path) if p.severity == "error"]
    assert [(p.layer_id, p.field) for p in problems] == [(layer_id, field)]
    with use_language("ko"):
        assert any("가" <= c <= "힣" for c in check_stack(path)[0].text)


# -- one model in every dialect -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in COUNTS if name.startswith("gpt_")])
def test_the_same_model_comes_back_as_the_same_layers_from_every_dialect(name):
    written = read("gpt_envelope")["layer_stack"]
    assert parse_stack(file("gpt_envelope")).layers == written
    assert parse_stack(file(name)).layers == written


def test_a_config_says_what_nodes_can_say_themselves():
    from_config, from_nodes = parse_stack(file("llama32_1b_request")), parse_stack(file("llama32_1b_saved"))
    assert from_config.layers == from_nodes.layers
    attention = from_config.layers[2]["children"][1]["data"]
    assert (attention["numHeads"], attention["numKvGroups"], attention["ropeBase"]) == (32, 8, 500_000)
    assert attention["ropeConfig"]["factor"] == 32


def test_what_a_request_says_beside_its_nodes_is_kept_in_the_config():
    config = parse_stack(file("gpt_oldest_request")).config
    assert config["model"] == "gpt-2"
    assert (config["name"], config["dataset"], config["dataset_config"]) == (
        "첫 번째 모델",
        "tiny_shakespeare",
        "default",
    )
    assert (config["dtype"], config["epochs"], config["stride"]) == ("fp32", 5, 128)
    assert parse_stack(file("llama32_1b_saved")).config["model"] == "llama3"


def test_only_canonical_types_and_keys_are_written_back():
    allowed = set(read("gpt_envelope")["layer_stack"][3]["children"][1]["data"]) | {"vocabSize", "embDim", "label"}
    allowed |= {
        "posType",
        "ctxLength",
        "numOfBlocks",
        "normType",
        "source",
        "hiddenDim",
        "actFunc",
        "feedForwardType",
        "bias",
        "outDim",
    }
    for name in COUNTS:
        if name.startswith("gpt_oldest"):
            assert {key for n in parse_stack(file(name)).walk() for key in n.layer.to_data()} <= allowed


# -- aliases ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (node("attention", num_heads=2), node("mhAttention", numHeads=2, projBias=True)),
        (node("sdpAttention", n_heads=2, qkv_bias=True), node("mhAttention", numHeads=2, qkvBias=True, projBias=True)),
        (node("sdp_attention", numHeads=2), node("mhAttention", numHeads=2, projBias=True)),
        (node("sdpAttention", numHeads=2, proj_bias=False), node("mhAttention", numHeads=2, projBias=False)),
        (node("mhAttention", num_heads=2), node("mhAttention", numHeads=2)),
        (node("gqaAttention", numHeads=4, n_kv_groups=2), node("gqAttention", numHeads=4, numKvGroups=2)),
        (
            node("attention", attn_type="gqa", num_heads=4, num_kv_groups=2),
            node("gqAttention", numHeads=4, numKvGroups=2, projBias=True),
        ),
        (node("attention", attn_type="mha", num_heads=4), node("mhAttention", numHeads=4, projBias=True)),
        (node("mhAttention", numHeads=2, dropout=0.5), node("mhAttention", numHeads=2, dropoutRate=0.5)),
        (node("mhAttention", numHeads=2, is_rope=True), node("mhAttention", numHeads=2, isRoPE=True)),
        (node("mhAttention", numHeads=2, rope_freq=500.0), node("mhAttention", numHeads=2, ropeBase=500.0)),
        (
            node("gqAttention", numHeads=2, rope_freq={"factor": 2.0, "lowFreqFactor": 1, "high_freq_factor": None}),
            node("gqAttention", numHeads=2, ropeConfig={"factor": 2.0, "low_freq_factor": 1}),
        ),
        (node("dropout", dropRate=0.25), node("dropout", dropoutRate=0.25)),
        (node("dropout", drop_rate=0.25), node("dropout", dropoutRate=0.25)),
        (node("dropout", dropout=0.25), node("dropout", dropoutRate=0.25)),
        (node("positionalEmbedding", mode="rope"), node("positionalEmbedding", posType="rotary")),
        (
            node("positionalEmbedding", method="Learned Positional Embedding"),
            node("positionalEmbedding", posType="learned"),
        ),
        (
            node("positionalEmbedding", pos_type="Sinusoidal Positional Embedding"),
            node("positionalEmbedding", posType="sinusoidal"),
        ),
        (node("positionalEmbedding", posType="Rotary Position Embedding"), node("positionalEmbedding", posType="rotary")),
        (node("positional_embedding", ctx_length=7), node("positionalEmbedding", posType="learned", ctxLength=7)),
        (node("normalization", normType="RMS Normalization"), node("normalization", normType="RMSNorm")),
        (node("normalization", norm_type="Layer Normalization"), node("normalization", normType="LayerNorm")),
        (node("feedForward", hidden_dim=9, activation="GELU"), node("feedForward", hiddenDim=9, actFunc="GELU")),
        (node("feedForward", activation="SiLU", gated=True), node("feedForward", actFunc="SiLU", feedForwardType="Gated")),
        (node("feedForward", activation="SwiGLU"), node("feedForward", actFunc="SwiGLU", feedForwardType="Gated")),
        (node("feed_forward", numOfFactor=3), node("feedForward", hiddenDim=24, actFunc="ReLU", feedForwardType="Standard", bias=True)),
        (
            node("feedForward", numOfFactor=1.5, activation="gelu_tanh", bias=False),
            node("feedForward", hiddenDim=12, actFunc="GELU-tanh", feedForwardType="Standard", bias=False),
        ),
        (node("linear", weight_tying=False, out_dim=8), node("linear", weightTying=False, outDim=8, bias=True)),
    ],
)  # fmt: skip
def test_another_name_means_the_same(old, new):
    assert [p for p in check_stack(between(old)) if p.severity == "error"] == []
    assert only(between(old)) == {key: value for key, value in new["data"].items() if key != "id"}
    assert parse_stack(between(old)).layers[1]["type"] == new["type"]
    assert only(between(new)) == only(between(old))


@pytest.mark.parametrize("name", ["transformer_block", "dynamicBlock", "transformerBlock", "TransformerBlock"])
def test_a_block_has_many_names(name):
    inner = {"type": name, "data": {"id": "block", "num_of_blocks": 2}, "children": [node("dropout")]}
    assert parse_stack(between(inner)).layers[1]["data"]["numOfBlocks"] == 2


@pytest.mark.parametrize("name", ["gpt-2", "llama2", "llama-2", "llama3", "llama-3", "qwen3"])
@pytest.mark.parametrize("key", ["model", "Model"])
def test_the_config_names_its_model(name, key):
    expected = name if name == "gpt-2" else name.replace("-", "")
    assert parse_stack([{key: name}, *between()]).config == {"model": expected}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"numHeads": 2, "num_heads": 4}, "numHeads"),
        ({"n_heads": 2, "num_heads": 4}, "numHeads"),
        ({"numHeads": 2, "rope_base": 10, "ropeBase": 20}, "ropeBase"),
        ({"numHeads": 2, "qkvBias": True, "qkv_bias": 1}, "qkvBias"),
    ],
)
def test_two_names_that_contradict_each_other_are_refused(data, field):
    assert errors(between(node("mhAttention", **data))) == [("it", field)]


def test_two_names_that_agree_and_null_are_no_contradiction():
    both = node("mhAttention", numHeads=2, num_heads=2, n_heads=None)
    assert only(between(both)) == {"numHeads": 2}
    assert errors(between(node("feedForward", numOfFactor=4, hiddenDim=32))) == []
    assert errors(between(node("feedForward", numOfFactor=4, hiddenDim=33))) == [("it", "numOfFactor")]
    assert errors(between(node("feedForward", gated=True, feedForwardType="Standard"))) == [("it", "feedForwardType")]


@pytest.mark.parametrize("factor", [0, -1, "4", True, 1e300])
def test_a_factor_that_cannot_be_meant_is_refused(factor):
    assert errors(between(node("feedForward", numOfFactor=factor))) == [("it", "numOfFactor")]


@pytest.mark.parametrize("value", ["mqa?", 3, {}])
def test_an_unknown_kind_of_attention_is_refused(value):
    assert ("it", "attn_type") in errors(between(node("attention", attn_type=value, num_heads=2)))


def test_ids_that_are_numbers_are_read_as_texts():
    design = between(node("dropout", 7), node("residual", "add", source=7))
    assert parse_stack(design).layers[2]["data"]["source"] == "7"


def test_a_made_up_id_is_none_that_a_later_node_brings_along():
    design = [tokens(), {"type": "dropout"}, node("dropout", "dropout-1"), node("linear", "head")]
    assert [layer["data"]["id"] for layer in parse_stack(design).layers] == ["tokens", "dropout-2", "dropout-1", "head"]


def test_fields_on_the_node_itself_are_its_data_and_how_it_is_drawn_is_not():
    flat = {"type": "dropout", "id": "it", "dropout": 0.5, "position": {"x": 1, "y": 2}, "selected": True}
    assert check_stack(between(flat)) == []
    assert parse_stack(between(flat)).layers[1] == node("dropout", dropoutRate=0.5)


def test_an_unknown_key_beside_the_data_is_kept_and_told():
    beside = {"type": "dropout", "data": {"id": "it"}, "width": 3}
    (warning,) = check_stack(between(beside))
    assert (warning.layer_id, warning.field, warning.severity) == ("it", "width", "warning")
    assert parse_stack(between(beside)).layers[1]["data"]["width"] == 3


def test_null_in_the_data_leaves_what_the_node_says_beside_it():
    assert parse_stack(between({"type": "dropout", "id": "it", "data": {"id": None}})).layers[1] == node("dropout")


@pytest.mark.parametrize("value", [4, "x", [1], {}])
def test_a_factor_means_nothing_to_other_layers(value):
    design = between(node("dropout", numOfFactor=value))
    assert [(p.severity, p.field) for p in check_stack(design)] == [("warning", "numOfFactor")]
    assert only(design) == {"numOfFactor": value}


def test_unknown_keys_are_warned_of_kept_and_written_back():
    source = {
        "config": {"vocab_size": 11, "mood": "good"},
        "model": between(node("dropout", colour=None, shape=[1])),
        "x": 3,
    }
    assert [(p.severity, p.layer_id, p.field) for p in check_stack(source)] == [
        ("warning", None, "x"),
        ("warning", "it", "shape"),
    ]
    group = between(node("gqAttention", numHeads=2, ropeConfig={"factor": 2.0, "rope_type": "llama3"}))
    assert [(p.severity, p.field) for p in check_stack(group)] == [("warning", "ropeConfig.rope_type")]
    assert parse_stack(group).layers[1]["data"]["ropeConfig"] == {"factor": 2.0, "rope_type": "llama3"}
    stack = parse_stack(source)
    assert stack.config == {"vocab_size": 11, "mood": "good", "x": 3}
    assert stack.layers[1]["data"] == {"id": "it", "shape": [1]}


# -- references ---------------------------------------------------------------------------------------------------------


def sources(design):
    return [n["data"]["source"] for n in parse_stack(design).layers[2]["children"] if n["type"] == "residual"]


def test_a_residual_that_leaves_its_block_means_the_blocks_input_in_older_dialects_only():
    inner = [node("dropout", "a"), node("residual", "r1", source="drop"), node("residual", "r2", source="a")]
    design = between(node("dropout", "drop"), block(*inner, numOfBlocks=2))
    assert sources(design) == ["drop", "a"]  # canonical: it means what it says
    assert sources({"format": "slm-widgets", "version": 1, "layer_stack": design}) == ["drop", "a"]
    assert sources({"layer_stack": design}) == ["drop", "a"]
    assert sources([{"model": "gpt-2"}, *design]) == ["block:in", "a"]
    assert sources({"config": {}, "model": design}) == ["block:in", "a"]
    design[1]["data"]["drop_rate"] = 0.0  # one old name, and the list is of the old time
    assert sources(design) == ["block:in", "a"]
    assert sources({"version": 1, "layer_stack": design}) == ["drop", "a"]


def test_the_nearest_block_is_meant_and_the_block_itself_too():
    deep = {
        **node("dynamicBlock", "inner"),
        "children": [node("residual", "r", source="a"), node("residual", "s", source="inner")],
    }
    design = between({**node("dynamicBlock", "block"), "children": [node("dropout", "a"), deep]})
    inner = parse_stack(design).layers[1]["children"][1]["children"]
    assert [n["data"]["source"] for n in inner] == ["inner:in", "inner:in"]


def test_in_at_the_end_is_the_input_unless_an_id_ends_so():
    design = between(
        node("dropout", "a"), block(node("residual", "r", source="a-in"), node("residual", "s", source="block-in"))
    )
    assert sources(design) == ["a:in", "block:in"]
    design.insert(1, node("dropout", "a-in"))
    assert [n["data"]["source"] for n in parse_stack(design).layers[3]["children"]] == ["a-in", "block:in"]


def test_an_id_that_ends_in_in_is_wired_as_that_layer():
    def outcome(name):
        design = between(
            node("feedForward", "a"),
            node("feedForward", name),
            block(node("residual", "r", source=name), numOfBlocks=2),
        )
        model = build_model(design, seed=3).eval()
        return model(model.tokens.weight.new_zeros((1, 4), dtype=int))

    for ending in ("a:in", "a-in", "block:in"):
        assert outcome(ending).equal(outcome("plain"))


def test_an_older_source_that_is_not_there_or_comes_later_stays_a_mistake():
    for source in ("nobody", "head", "r"):
        design = [{"model": "gpt-2"}, *between(block(node("residual", "r", source=source)))]
        assert errors(design) == [("r", "source")]


# -- what the config may say ----------------------------------------------------------------------------------------------


def test_version_1_takes_from_the_config_only_what_has_no_default():
    config = {"n_heads": 2, "emb_dim": 8, "drop_rate": 0.5, "n_blocks": 9}
    layers = [node("tokenEmbedding", vocabSize=5), block(node("mhAttention", "a")), node("linear", "head")]
    canonical = parse_stack({"version": 1, "config": config, "layer_stack": layers}).layers
    assert canonical[0]["data"]["embDim"] == 8
    assert canonical[1] == block(node("mhAttention", "a", numHeads=2))
    older = parse_stack({"config": config, "model": layers}).layers
    assert older[1] == block(node("mhAttention", "a", numHeads=2, dropoutRate=0.5), numOfBlocks=9)


def test_repeats_in_the_config_are_not_shared_out_by_guessing():
    blocks = [{**block(node("dropout", f"d{n}")), "data": {"id": f"b{n}"}} for n in range(2)]
    assert errors([{"n_blocks": 4}, *between(*blocks)]) == [("b0", "numOfBlocks"), ("b1", "numOfBlocks")]
    blocks[0]["data"]["numOfBlocks"] = 2
    assert parse_stack([{"n_blocks": 4}, *between(*blocks)]).layers[2]["data"]["numOfBlocks"] == 4


def test_a_config_that_contradicts_itself_or_has_no_sizes_is_refused():
    assert errors([{"model": "gpt-2"}, {"Model": "llama2"}, *between()]) == [(None, "model")]
    assert errors([{"vocab_size": -5}, *between()]) == [(None, "vocab_size")]
    assert errors({"version": 1, "config": {"context_length": "long"}, "layer_stack": between()}) == [
        (None, "context_length")
    ]
    assert errors([{"n_heads": "four"}, *between(node("mhAttention"))]) == [("it", "numHeads")]


def test_the_editors_own_list_is_read_as_version_1():
    """The page sends canonical nodes; the config of an old file beside them changes nothing that they say."""
    layers = between(
        node("dropout", "drop"), block(node("feedForward", "f"), node("residual", "r", source="drop"), numOfBlocks=2)
    )
    config = {"model": "gpt-2", "drop_rate": 0.5, "n_blocks": 7}
    plain, with_config = analyse(layers, {}), analyse(layers, config)
    assert plain["ok"]
    assert plain == with_config
    assert describe(layers).parameters == plain["total"]["parameters"]


def test_the_editor_draws_an_old_file_with_a_mistake_in_canonical_spelling():
    old = [node("attention", num_heads=3), {"type": "feedForward", "data": {"numOfFactor": 4}}, 7]
    layers, config = read_design({"config": {"Model": "gpt-2", "emb_dim": 8}, "model": between(*old)}, None)
    assert layers[1] == node("mhAttention", numHeads=3, projBias=True)
    assert layers[2]["data"]["hiddenDim"] == 32
    assert layers[2]["data"]["id"] == "feedForward-1"
    assert layers[3] == 7
    assert config == {"model": "gpt-2", "emb_dim": 8}
    with pytest.raises(LayerStackError, match="nested too deeply"):
        read_design("[" * 500 + "]" * 500, None)


# -- canvas -------------------------------------------------------------------------------------------------------------


def card(name, type_name, y, parent=None, **data):
    inside = {} if parent is None else {"parentId": parent}
    return {"id": name, "type": type_name, "position": {"x": 0, "y": y}, "data": data, **inside}


def canvas(*cards, edges=()):
    return {
        "nodes": [card("tokens", "tokenEmbedding", -100, vocabSize=11, embDim=8), *cards, card("head", "linear", 1000)],
        "edges": [dict(zip(("source", "target", "targetHandle"), edge, strict=False)) for edge in edges],
    }


def order(source):
    return [layer["data"]["id"] for layer in parse_stack(source).layers]


def test_without_edges_height_gives_the_order_on_a_canvas():
    assert order(canvas(card("b", "dropout", 20), card("a", "dropout", 10))) == ["tokens", "a", "b", "head"]


def test_edges_come_before_height_on_a_canvas():
    edges = [("tokens", "b"), ("b", "a"), ("a", "head")]
    assert order(canvas(card("b", "dropout", 20), card("a", "dropout", 10), edges=edges)) == [
        "tokens",
        "b",
        "a",
        "head",
    ]
    into = [("tokens", "b"), ("b", "x"), ("a", "head")]  # an edge to a layer in a block is one to the block
    inside = canvas(card("b", "dropout", 20), card("a", "dynamicBlock", 10), card("x", "dropout", 0, "a"), edges=into)
    assert order(inside) == ["tokens", "b", "a", "head"]


@pytest.mark.parametrize("handle", ["left", "residual-left", "Left"])
def test_an_edge_into_the_left_handle_is_the_source_and_its_own_source_wins(handle):
    def source(**data):
        cards = [card("a", "dropout", 0), card("b", "dropout", 10), card("add", "residual", 20, **data)]
        edges = [("tokens", "a"), ("a", "b"), ("b", "add"), ("a", "add", handle), ("add", "head")]
        return parse_stack(canvas(*cards, edges=edges)).layers[3]["data"]["source"]

    assert source() == "a"
    assert source(source="tokens") == "tokens"
    assert source(source="b-in") == "b:in"


def test_a_residuals_own_source_wins_over_an_edge_left_over_from_before():
    cards = [card("a", "dropout", 0), card("add", "residual", 20, source="tokens"), card("b", "dropout", 30)]
    edges = [("tokens", "a"), ("a", "add"), ("add", "b"), ("b", "head"), ("b", "add", "left")]
    assert parse_stack(canvas(*cards, edges=edges)).layers[2]["data"]["source"] == "tokens"


def test_the_one_edge_that_is_not_from_the_layer_before_is_the_source_without_a_handle():
    cards = [card("a", "dropout", 0), card("b", "dropout", 10), card("add", "residual", 20)]
    assert parse_stack(canvas(*cards, edges=[("a", "add"), ("b", "add")])).layers[3]["data"]["source"] == "a"
    assert errors(canvas(*cards, edges=[("b", "add")])) == [("add", "source")]
    assert ("add", "source") in errors(canvas(*cards, edges=[("a", "add", "left"), ("tokens", "add", "left")]))


def test_what_a_canvas_cannot_mean_is_refused_at_its_place():
    assert errors(canvas(card("a", "dropout", 0, "nowhere"))) == [("a", "parentId")]
    into_each_other = canvas(card("a", "dynamicBlock", 0, "b"), card("b", "dynamicBlock", 1, "a"))
    assert errors(into_each_other) == [("b", "parentId")]
    assert errors(canvas(card("a", "dropout", 0), card("b", "dropout", 1, "a"))) == [("a", None)]
    assert errors(canvas(card("a", "dropout", 0), card("a", "dropout", 1))) == [("a", "id")]
    down = [card(f"b{n}", "dynamicBlock", 0, f"b{n + 1}") for n in range(3000)]
    assert "nested too deeply" in check_stack(canvas(*down, card("b3000", "dynamicBlock", 0)))[0].message
    assert "more than 5,000" in check_stack(canvas(*[card(f"d{n}", "dropout", n) for n in range(5000)]))[0].message
    loose = check_stack(canvas(card("a", "dropout", 0), edges=[("gone", "a")]))
    assert [(p.severity, "gone" in p.message) for p in loose] == [("warning", True)]


# -- files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"\xef\xbb\xbf \n", "This file is empty"),
        (b'{"layers": []}', "this is an object without one"),
        (b'"text"', "this is a text"),
        (b'{"model": [], "config": [1]}', "it is a list"),
        (b"layer_stack: []", "not valid JSON"),
        (b"\xff\xfe[\x00", "not a text in UTF-8"),
        (b"[" * 50_000, "nested too deeply"),
        (b"[" + b"1" * 5000 + b"]", "thousands of digits"),
        (b"[" + b" " * MAX_BYTES + b"]", "larger than 16 MB"),
        (b"[" + b"0," * 300_000 + b"0]", "more than 250,000 values"),
        (b'["\\ud83d"]', "half a character"),
        (b'{"model": [], "config": {"vocab_size": 1e999}}', "config.vocab_size is inf"),
        (b'{"layer_stack": [], "version": true}', "version True"),
        (b'{"nodes": [], "edges": {}}', "must be a list of connections"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_design_is_refused_with_a_sentence(content, words, tmp_path):
    (tmp_path / "design.json").write_bytes(content)
    (problem,) = check_stack(tmp_path / "design.json")
    assert words in problem.message
    with pytest.raises(LayerStackError), use_language("ko"):
        parse_stack(tmp_path / "design.json")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    text = file("gpt_list").read_text(encoding="utf-8")
    (tmp_path / "design.json").write_text(text, encoding="utf-8-sig")
    assert parse_stack(tmp_path / "design.json") == parse_stack("\ufeff" + text)


def test_a_key_that_stands_twice_with_one_value_is_only_a_warning():
    text = json.dumps(between()).replace('"embDim": 8', '"embDim": 8, "embDim": 8')
    assert [(p.severity, p.layer_id, p.field) for p in check_stack(text)] == [("warning", "tokens", "embDim")]
    assert check_stack(text)[0].message.startswith("Layer 1 (tokenEmbedding)")


@pytest.mark.parametrize(
    ("value", "words"),
    [(float("nan"), "nan"), (object(), "object"), ({1: 2}, "has the key 1"), (1 << 2000, "2001 bits"), ({1, 2}, "set")],
)
def test_what_json_cannot_say_is_refused_at_its_place(value, words):
    (problem,) = check_stack(between(node("dropout", colour=value)))
    assert problem.layer_id == "it" or "colour" in problem.message
    assert words in problem.message


def test_a_list_that_holds_itself_is_refused():
    circle = between()
    circle.append(circle)
    assert "nested too deeply" in check_stack(circle)[0].message
    bomb = ["x"]
    for _ in range(90):
        bomb = [bomb, bomb]
    assert "more than 250,000 values" in check_stack(bomb)[0].message


def test_thousands_of_layers_are_refused():
    assert any("more than 5,000 layers" in p.message for p in check_stack(between(*[{"type": "dropout"}] * 6000)))
