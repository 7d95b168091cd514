"""The contract of a layer type, checked for everything in the register: the next layer is tested before it is written."""

import pytest
import torch

from slm_widgets.language import LANGUAGES, use_language
from slm_widgets.layers import layer_types, palette
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, describe, parse_stack

TYPES = list(layer_types())
KINDS = {"integer", "number", "boolean", "choice", "text", "reference", "group"}


def design_with(type_name: str) -> list[dict]:
    """The smallest whole design that holds a node of this type just as the palette drops it."""
    layer = layer_types()[type_name]
    entry = next(entry for entry in palette() if entry["type"] == type_name)
    node = {**entry["newNode"], "data": {**entry["newNode"]["data"], "id": "it"}}
    if layer.container:
        node["children"] = [{"type": "feedForward", "data": {"id": "inside"}}]
    tokens = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}}
    head = {"type": "linear", "data": {"id": "head"}}
    if layer.reads == "tokens":
        after = {**tokens, "data": {**tokens["data"], "input": "it:in"}}
        return [node, head] if type_name == "tokenEmbedding" else [node, after, head]
    needed = [field["name"] for field in entry["fields"] if field["kind"] == "reference" and not field["nullable"]]
    node["data"].update(dict.fromkeys(needed, "tokens"))
    design = [tokens, node, head]
    if needed and any(problem.severity == "error" for problem in check_stack(design)):
        # What a layer may refer to must stand in the encoder half.
        node["data"].update(dict.fromkeys(needed, "there"))
        there = {"type": "tokenEmbedding", "data": {"id": "there", "vocabSize": 11, "embDim": 16}}
        after = {**tokens, "data": {**tokens["data"], "input": "source:in"}}
        design = [{"type": "sourceText", "data": {"id": "source"}}, there, after, node, head]
    return design


def read(model, ids, cache=None):
    """The logits; of an encoder-decoder with some source text."""
    if not model.reads_source:
        return model(ids, cache=cache)
    return model(ids, torch.arange(10).view(2, 5), cache)


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_says_everything_about_it_in_every_language(type_name, language):
    entry = next(e for e in palette(language) if e["type"] == type_name)
    for key in ("title", "summary", "help", "groupTitle"):
        assert entry[key].strip()
    for field in entry["fields"]:
        assert field["kind"] in KINDS
        assert field["title"].strip()
        assert field["help"].strip()
        for inner in field.get("fields", []):
            assert inner["name"]
            assert inner["help"].strip()
    hangul = any("가" <= c <= "힣" for c in entry["help"])
    assert hangul == (language == "ko")


@pytest.mark.parametrize("type_name", TYPES)
def test_the_help_names_a_formula_or_a_trial_and_its_source(type_name):
    for language, words in {"en": ("Try:", "Source:"), "ko": ("해 보기:", "출처:")}.items():
        with use_language(language):
            text = str(layer_types()[type_name].help)
            assert all(word in text for word in words)


@pytest.mark.parametrize("type_name", TYPES)
def test_a_node_dropped_from_the_palette_builds_and_runs(type_name):
    design = design_with(type_name)
    assert [p for p in check_stack(design) if p.severity == "error"] == []
    model = build_model(design)
    ids = torch.randint(0, model.vocab_size, (2, 7))
    assert read(model, ids).shape == (2, 7, model.vocab_size)


@pytest.mark.parametrize("type_name", TYPES)
def test_its_count_is_that_of_the_built_module(type_name):
    design = design_with(type_name)
    assert describe(design).parameters == sum(p.numel() for p in build_model(design).parameters())


@pytest.mark.parametrize("type_name", TYPES)
def test_it_is_written_back_as_it_was_read(type_name):
    stack = parse_stack(design_with(type_name))
    assert parse_stack(stack.to_json()) == stack
    assert stack.layers == design_with(type_name)


@pytest.mark.parametrize("type_name", TYPES)
def test_reading_tokens_one_by_one_gives_what_reading_all_gives(type_name):
    model = build_model(design_with(type_name), seed=1).eval()
    ids = torch.randint(0, model.vocab_size, (2, 9))
    cache = model.new_cache(2, 9)
    parts = [read(model, ids[:, :4], cache), *(read(model, ids[:, t : t + 1], cache) for t in range(4, 9))]
    torch.testing.assert_close(torch.cat(parts, dim=1), read(model, ids), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("type_name", TYPES)
def test_a_wrong_kind_of_value_is_named_with_its_field(type_name):
    for field in next(e for e in palette() if e["type"] == type_name)["fields"]:
        design = design_with(type_name)
        node = next(n for n in design if n["data"]["id"] == "it")
        node["data"][field["name"]] = {"not": "a value"} if field["kind"] != "group" else 3
        problems = check_stack(design)
        assert (problems[0].layer_id, problems[0].field, problems[0].severity) == ("it", field["name"], "error")
        assert field["name"] in problems[0].message
