"""The contract of a layer type, checked for everything in the register: the next layer is tested before it is written."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import torch

from slm_widgets.language import LANGUAGES
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
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_to_try_and_where_it_comes_from(type_name, language):
    entry = next(e for e in palette(language) if e["type"] == type_name)
    assert {"en": "Try:", "ko": "해 보기:"}[language] in entry["help"]
    assert entry["papers"]
    for paper in entry["papers"]:
        assert paper["title"].strip()
        link = urlsplit(paper["link"])
        assert (link.scheme, link.username, link.port) == ("https", None, None)
        assert "." in link.hostname


def allowed_on_the_page(constant: str) -> set[str]:
    """What the browser's side draws of a formula: the words of a constant in its source."""
    source = (Path(__file__).parents[2] / "js/src/wire/readFormula.ts").read_text()
    block = source[source.index(f"const {constant} = new Set(") :].split(");")[0]
    return {word for text in re.findall('"([^"]*)"', block) for word in text.split()}


def nodes(tree: dict) -> list[dict]:
    return [tree, *(n for child in tree.get("children", []) if isinstance(child, dict) for n in nodes(child))]


@pytest.mark.parametrize("type_name", TYPES)
def test_its_formulas_are_drawn_whole_and_belong_to_values_that_it_can_have(type_name):
    entry = next(e for e in palette() if e["type"] == type_name)
    tags, attributes = allowed_on_the_page("TAGS"), allowed_on_the_page("ATTRIBUTES")
    fields = {field["name"]: field for field in entry["fields"]}
    assert entry["formulas"]
    assert entry["letters"].strip()
    for formula in entry["formulas"]:
        drawn = nodes(formula["tree"])
        assert {node["tag"] for node in drawn} <= tags
        assert {name for node in drawn for name in node.get("attributes", {})} <= attributes
        leaves = "".join(c for node in drawn for c in node.get("children", []) if isinstance(c, str))
        assert "\\" not in leaves  # LaTeX that nobody understood
        assert "&" not in leaves
        if formula["field"] is not None:
            field = fields[formula["field"]]
            kinds = {"boolean": [True, False], "choice": [choice["value"] for choice in field.get("choices", [])]}
            assert formula["value"] in kinds[field["kind"]]


@pytest.mark.parametrize("type_name", TYPES)
def test_every_choice_that_has_formulas_has_one_for_each_of_its_values(type_name):
    entry = next(e for e in palette() if e["type"] == type_name)
    for field in entry["fields"]:
        values = {formula["value"] for formula in entry["formulas"] if formula["field"] == field["name"]}
        if field["kind"] == "choice" and values:
            assert values == {choice["value"] for choice in field["choices"]}


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
