"""What is offered after a width was changed in one place: judged by whether it puts the design right, and by how little it changes."""

from __future__ import annotations

import copy
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_widgets.language import use_language
from slm_widgets.stack import check_stack, parse_stack, preset
from slm_widgets.stack.linked import LinkedValues

Layers = list[dict[str, Any]]


def nodes(layers: Any) -> list[dict[str, Any]]:
    return [found for node in layers for found in (node, *nodes(node.get("children") or []))]


def with_values(layers: Layers, changes: dict[str, dict[str, Any]]) -> Layers:
    layers = copy.deepcopy(layers)
    for node in nodes(layers):
        node["data"].update(changes.get(node["data"]["id"], {}))
    return layers


def errors(layers: Layers) -> list[str]:
    return [problem.message for problem in check_stack(layers) if problem.severity == "error"]


def offered(layers: Layers, *edits: tuple[str, str, Any], fixed: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """What stands offered after edits of one field each."""
    linked = LinkedValues()
    found = linked.follow(layers, {}, None, fixed)
    for name, key, value in edits:
        layers = with_values(layers, {name: {key: value}})
        found = linked.follow(layers, {}, None, fixed)
    return found


def spelled_out(name: str, **more: dict[str, Any]) -> Layers:
    """A preset with its widths said where they could be left empty."""
    layers = preset(name).layers
    width = layers[0]["data"]["embDim"]
    said = {"positions": {"embDim": width}, "ffn": {"outDim": width}, "attention": {"outDim": width}, **more}
    return with_values(layers, said)


GPT = spelled_out("gpt2-nano")


@pytest.mark.parametrize("name", ["gpt2-nano", "llama-nano", "llama3-nano", "gpt-neo-nano", "gpt2"])
def test_a_new_width_is_carried_to_every_place_that_says_it_and_to_no_other(name: str) -> None:
    layers = spelled_out(name)
    assert errors(layers) == []
    width = layers[0]["data"]["embDim"]
    (offer,) = offered(layers, ("tokens", "embDim", 2 * width))
    # An explicit width that agreed and now does not; a context length of 64 tokens beside a width of 64 stays.
    there = {"positions": {"embDim": 2 * width}, "ffn": {"outDim": 2 * width}, "attention": {"outDim": 2 * width}}
    ids = {node["data"]["id"] for node in nodes(layers)}
    assert offer["changes"] == {name: data for name, data in there.items() if name in ids}
    assert (offer["id"], offer["field"]) == ("tokens", "embDim")
    changed = with_values(layers, {"tokens": {"embDim": 2 * width}})
    assert errors(changed) != []
    assert errors(with_values(changed, offer["changes"])) == []


def test_what_is_offered_is_the_smallest_set_that_puts_it_right() -> None:
    changed = with_values(GPT, {"tokens": {"embDim": 128}})
    (offer,) = offered(GPT, ("tokens", "embDim", 128))
    places = [(node["data"]["id"], key) for node in nodes(changed) for key, v in node["data"].items() if v == 64]
    assert len(places) > len(offer["changes"])
    right = [
        set(some)
        for count in range(len(places) + 1)
        for some in combinations(places, count)
        if not errors(with_values(changed, {n: {k: 128 for m, k in some if m == n} for n, _ in some}))
    ]
    assert {(name, key) for name, data in offer["changes"].items() for key in data} == right[0]


def test_the_change_may_begin_anywhere() -> None:
    (offer,) = offered(GPT, ("ffn", "outDim", 32))
    assert errors(with_values(with_values(GPT, {"ffn": {"outDim": 32}}), offer["changes"])) == []


def test_a_design_that_infers_its_widths_needs_no_offer() -> None:
    assert offered(preset("gpt2-nano").layers, ("tokens", "embDim", 128)) == []


def test_both_texts_of_an_encoder_decoder_get_one_width() -> None:
    (offer,) = offered(preset("transformer-nano").layers, ("tokens", "embDim", 128))
    assert offer["changes"] == {"source_tokens": {"embDim": 128}}


def test_an_imported_design_is_changed_in_its_own_spelling() -> None:
    old = [
        {"type": "tokenEmbedding", "data": {"id": "t", "vocab_size": 100, "emb_dim": 48}},
        {"type": "positionalEmbedding", "data": {"id": "p", "ctx_length": 48, "emb_dim": 48}},
        {"type": "linear", "data": {"id": "head", "outDim": 100}},
    ]
    assert errors(old) == []
    (offer,) = offered(old, ("t", "emb_dim", 96))
    assert offer["changes"] == {"p": {"emb_dim": 96}}


def test_typing_a_number_digit_by_digit_is_one_change() -> None:
    (offer,) = offered(GPT, ("tokens", "embDim", 1), ("tokens", "embDim", 12), ("tokens", "embDim", 128))
    assert offer["changes"] == offered(GPT, ("tokens", "embDim", 128))[0]["changes"]
    assert offered(GPT, ("tokens", "embDim", 128), ("tokens", "embDim", 64)) == []


def test_an_offer_stays_over_other_edits_and_goes_when_it_is_moot() -> None:
    linked = LinkedValues()
    linked.follow(GPT, {})
    changed = with_values(GPT, {"tokens": {"embDim": 128}})
    (offer,) = linked.follow(changed, {})
    renamed = with_values(changed, {"norm": {"label": "the last"}})
    assert linked.follow(renamed, {}) == [offer]
    done = with_values(renamed, offer["changes"])
    assert linked.follow(done, {}) == []
    assert linked.follow(done[:-1], {}) == []


def test_an_offer_goes_with_the_layer_it_is_about() -> None:
    linked = LinkedValues()
    linked.follow(GPT, {})
    changed = with_values(GPT, {"tokens": {"embDim": 128}})
    assert linked.follow(changed, {})
    assert linked.follow(changed[1:], {}) == []


def test_a_mistake_that_others_cannot_put_right_has_no_offer() -> None:
    assert offered(GPT, ("attention", "numHeads", 6)) == []


def test_a_mistake_that_was_there_before_is_no_reason_for_an_offer() -> None:
    wrong = with_values(GPT, {"positions": {"embDim": 32}})
    assert offered(wrong, ("ffn", "hiddenDim", 300)) == []


def test_a_locked_layer_is_never_part_of_an_offer() -> None:
    (offer,) = offered(GPT, ("tokens", "embDim", 128), fixed=("ffn",))
    assert "ffn" not in offer["changes"]
    assert offered(GPT, ("tokens", "embDim", 128), fixed=("ffn", "positions", "attention")) == []


def test_an_offer_says_where_in_both_languages() -> None:
    (offer,) = offered(GPT, ("tokens", "embDim", 128))
    assert offer["title"] == "Also set 128 in positions, attention and ffn"
    with use_language("ko"):
        (offer,) = offered(GPT, ("tokens", "embDim", 1024))
    assert offer["title"] == "positions, attention, ffn에도 1,024 넣기"


def test_many_and_long_names_are_cut_short() -> None:
    layers: Layers = [{"type": "tokenEmbedding", "data": {"id": "t", "embDim": 64}}]
    layers += [{"type": "normalization", "data": {"id": f"n{i}", "inDim": 64, "label": "<b>" * 100}} for i in range(9)]
    layers += [{"type": "linear", "data": {"id": "head"}}]
    (offer,) = offered(layers, ("t", "embDim", 32))
    assert len(offer["changes"]) == 9
    assert offer["title"].endswith("and 6 more")
    assert len(offer["title"]) < 150


def test_the_search_looks_at_a_bounded_number_of_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    looked = 0

    def counting(source: Any, vocab_size: Any = None) -> Any:
        nonlocal looked
        looked += len(nodes(source["layer_stack"]))
        return examine(source, vocab_size)

    from slm_widgets.stack.check import examine

    monkeypatch.setattr("slm_widgets.stack.linked.examine", counting)
    block = [{"type": "normalization", "data": {"inDim": 64}}, {"type": "feedForward", "data": {"outDim": 64}}]
    many = [copy.deepcopy(node) for _ in range(300) for node in block]
    for number, node in enumerate(many):
        node["data"]["id"] = f"n{number}"
    layers: Layers = [{"type": "tokenEmbedding", "data": {"id": "t", "embDim": 64}}, *many]
    layers += [{"type": "linear", "data": {"id": "head"}}]
    linked = LinkedValues()
    linked.follow(layers, {})
    looked = 0
    (offer,) = linked.follow(with_values(layers, {"t": {"embDim": 32}}), {})
    assert len(offer["changes"]) == 600
    assert looked <= 3_000 + len(nodes(layers))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 200) | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "data", "id", "children", "embDim"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, min_size=2, max_size=3))
def test_rubbish_is_followed_without_an_error(designs: list[Any]) -> None:
    linked = LinkedValues()
    for design in designs:
        assert isinstance(linked.follow(design, {}), list)


def test_a_value_nested_beyond_what_python_compares_is_no_error() -> None:
    def deep() -> Layers:
        value: Any = 1
        for _ in range(3_000):
            value = [value]
        return [*with_values(GPT, {}), {"type": "linear", "data": {"id": "x", "deep": value}}]

    linked = LinkedValues()
    assert linked.follow(deep(), {}) == []
    assert linked.follow(deep(), {}) == []


def test_two_layers_of_one_id_are_left_alone() -> None:
    twice = [*GPT, copy.deepcopy(GPT[1])]
    for offer in offered(twice, ("tokens", "embDim", 128)):
        assert "positions" not in offer["changes"]


def test_what_is_offered_builds() -> None:
    (offer,) = offered(GPT, ("tokens", "embDim", 128))
    parse_stack(with_values(with_values(GPT, {"tokens": {"embDim": 128}}), offer["changes"]))
