"""Whatever a file holds: it is a design or a LayerStackError, and what is a design counts and runs as it says."""

from __future__ import annotations

import copy
import json
import math
import os
import time
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from slm_widgets.errors import LayerStackError
from slm_widgets.layers import layer_types
from slm_widgets.model import build_model
from slm_widgets.stack import analyse, check_stack, describe, parse_stack, preset, presets
from slm_widgets.stack.dialects.aliases import KEYS, TYPES

FILES = Path(__file__).parents[1] / "fixtures" / "stacks"
SEEDS = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(FILES.glob("*.json"))]
SEEDS += [preset(info.name).to_json() for info in presets()]

_CALM = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
everyday = settings(max_examples=120, derandomize=True, database=None, **_CALM)
thorough = settings(max_examples=4000, **_CALM)

# -- documents that went wrong ----------------------------------------------------------------------------------------

_KEYS = [
    *(info.alias or name for layer in layer_types().values() for name, info in layer.model_fields.items()),
    *(alias for aliases in KEYS.values() for alias in aliases),
    *(
        "numOfFactor",
        "gated",
        "attn_type",
        "rope_freq",
        "type",
        "data",
        "children",
        "layer_stack",
        "model",
        "nodes",
        "edges",
    ),
    *("config", "version", "format", "parentId", "position", "한글", "", "ID", "NumHeads"),
]
_VALUES = [
    *(None, True, False, 0, 1, -1, 2, 3, 4, 7, 64, 1.0, 0.5, 4.0, -0.0, 1e308, -1e-300, 10**6, 10**9, 2**63, 10**400),
    *(
        math.nan,
        math.inf,
        -math.inf,
        "",
        "가나다",
        "\ud800",
        "\x00",
        "🙂",
        "a" * 300,
        "1",
        "true",
        ":in",
        "-in",
        ":source",
    ),
    *([], {}, [[]], {"": None}, [None], {"type": "dropout"}, {"type": "linear", "data": {}}),
    *(
        "LayerNorm",
        "RMS Normalization",
        "rope",
        "Relative Positional Embedding",
        "SwiGLU",
        "Gated",
        "gqa",
        "half",
        "bf16",
    ),
]
HOSTILE_IDS = [
    *(
        "__class__",
        "forward",
        "parameters",
        "weight",
        "children",
        "a.b",
        "a/b",
        "../a",
        "a b",
        "a\nb",
        "\x1b[2J",
        "0",
        " ",
    ),
    *(
        "None",
        "self",
        "{x}",
        "%s",
        "'",
        '"',
        "\\",
        "가" * 3000,
        "a" * 20_000,
        "\u202e",
        "\udc00",
        "tokens:in",
        ":in:in",
        "x-in",
    ),
]
_WAYS = [
    "delete",
    "set",
    "null",
    "rename",
    "add",
    "swap",
    "duplicate",
    "type",
    "reference",
    "wrap",
    "children",
    "move",
    "number",
    "id",
    "tied",
]
_TYPES = [*layer_types(), *TYPES, "transformer_block", "nothing", "", "MHATTENTION"]


def places(value, found=None):
    """Every (container, key) in a document, outermost first."""
    found = [] if found is None else found
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        found.append((value, key))
        places(value[key], found)
    return found


def ids(document):
    return [c[k] for c, k in places(document) if k == "id" and isinstance(c[k], str)] or ["x"]


def _mutate(draw, document):
    """Makes one thing wrong, or only different, somewhere in a document."""
    there = places(document)
    if not there:
        return
    container, key = draw(st.sampled_from(there))
    where = st.sampled_from(there)
    kind = draw(st.sampled_from(_WAYS))
    if kind == "delete":
        del container[key]
    elif kind == "set":
        container[key] = copy.deepcopy(draw(st.sampled_from(_VALUES)))
    elif kind == "null":
        container[key] = None
    elif kind == "rename" and isinstance(container, dict):
        container[draw(st.sampled_from(_KEYS))] = container.pop(key)
    elif kind == "add" and isinstance(container, dict):
        container[draw(st.sampled_from(_KEYS))] = copy.deepcopy(draw(st.sampled_from(_VALUES)))
    elif kind == "swap":
        other, name = draw(where)
        container[key], other[name] = copy.deepcopy(other[name]), copy.deepcopy(container[key])
    elif kind == "duplicate" and isinstance(container, list):
        container.insert(draw(st.integers(0, len(container))), copy.deepcopy(container[key]))
    elif kind == "type":
        typed = [(c, k) for c, k in there if k == "type"] or [(container, key)]
        container, key = draw(st.sampled_from(typed))
        container[key] = draw(st.sampled_from(_TYPES))
    elif kind == "reference":
        pointing = [(c, k) for c, k in there if k in ("source", "input", "memory", "with")] or [(container, key)]
        container, key = draw(st.sampled_from(pointing))
        container[key] = draw(st.sampled_from(ids(document))) + draw(st.sampled_from(["", ":in", "-in", ":in:in"]))
    elif kind == "wrap":
        value = container[key]
        for _ in range(draw(st.sampled_from([1, 2, 17, 120]))):
            value = [value] if draw(st.booleans()) else {"type": "transformerBlock", "data": {}, "children": [value]}
        container[key] = value
    elif kind == "children":
        lists = [c[k] for c, k in there if isinstance(c[k], list) and len(c[k]) > 1]
        if lists:
            listed = draw(st.sampled_from(lists))
            listed[:] = draw(st.permutations(listed))
    elif kind == "move":
        lists = [c[k] for c, k in there if isinstance(c[k], list)]
        if lists and isinstance(container, list):
            draw(st.sampled_from(lists)).append(copy.deepcopy(container[key]))
    elif kind == "number":
        numbers = [(c, k) for c, k in there if isinstance(c[k], (int, float)) and not isinstance(c[k], bool)]
        if numbers:
            container, key = draw(st.sampled_from(numbers))
            container[key] = draw(st.sampled_from([0, 1, 2, 3, 5, 8, 16, 24, 33, 1000, 10**7, -4, 2.5, 1e30]))

    elif kind == "id":
        named = [(c, k) for c, k in there if k == "id"] or [(container, key)]
        container, key = draw(st.sampled_from(named))
        container[key] = draw(st.sampled_from(HOSTILE_IDS))
    elif kind == "tied":
        tables = [
            c["data"] for c, k in there if k == "type" and c[k] == "tokenEmbedding" and isinstance(c.get("data"), dict)
        ]
        if tables:
            draw(st.sampled_from(tables))["tiedTo"] = draw(st.sampled_from([*ids(document), *HOSTILE_IDS]))


@st.composite
def mutated(draw):
    document = copy.deepcopy(draw(st.sampled_from(SEEDS)))
    # Small enough to be built more often than not, whatever published design it was.
    if draw(st.booleans()):
        _shrink(document)
    for _ in range(draw(st.integers(0, 4))):
        _mutate(draw, document)
    return document


def _shrink(document):
    sizes = {
        "vocab": 50,
        "emb": 16,
        "heads": 4,
        "kv": 2,
        "blocks": 2,
        "hidden": 24,
        "head": 8,
        "ctx": 16,
        "context": 16,
    }
    for container, key in places(document):
        value = container.get(key) if isinstance(container, dict) else None
        if key in ("inDim", "outDim"):
            del container[key]
        elif isinstance(value, int) and not isinstance(value, bool) and key not in ("version", "x", "y"):
            container[key] = next((size for word, size in sizes.items() if word in key.lower()), min(value, 4))


def _anything():
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(_VALUES)
    key = st.sampled_from(_KEYS) | st.text(max_size=4)
    node = st.fixed_dictionaries({"type": st.sampled_from(_TYPES), "data": st.dictionaries(key, scalars, max_size=4)})
    return st.recursive(
        scalars | node,
        lambda inner: (
            st.lists(inner, max_size=5)
            | st.dictionaries(key, inner, max_size=4)
            | st.fixed_dictionaries({"type": st.sampled_from(_TYPES), "children": st.lists(inner, max_size=3)})
            | st.fixed_dictionaries({"layer_stack": st.lists(inner, max_size=4)})
            | st.fixed_dictionaries({"config": inner, "model": st.lists(inner, max_size=4)})
            | st.fixed_dictionaries({"nodes": st.lists(inner, max_size=4), "edges": st.lists(inner, max_size=4)})
        ),
        max_leaves=12,
    )


# -- what holds for all of them ----------------------------------------------------------------------------------------


def holds(document):
    """Every promise about a document, in the order in which it is read, written, counted, built and run."""
    problems = check_stack(document)
    json.dumps([problem.to_json() for problem in problems], ensure_ascii=False).encode()
    json.dumps(analyse(document))
    wrong = any(problem.severity == "error" for problem in problems)
    try:
        stack = parse_stack(document)
    except LayerStackError:
        assert wrong
        return
    assert not wrong
    written = json.dumps(stack.to_json(), ensure_ascii=False, allow_nan=False)
    written.encode()
    assert parse_stack(stack.to_json()) == stack
    assert parse_stack(written) == stack
    assert parse_stack(written).to_json() == stack.to_json()
    counts_and_runs(stack, describe(stack))


ROOM = 20 * 2**20
"""Bytes; nothing that takes more is built here."""


def counts_and_runs(stack, report):
    try:
        model = build_model(stack, max_bytes=ROOM).eval()
    except LayerStackError:
        return  # refused before anything is allocated, for its size
    assert sum(p.numel() for p in model.parameters()) == report.parameters
    if report.parameters > 200_000:
        return
    T = min(4, model.context_length or 4)
    S = min(3, model.source_length or 3)
    ids = torch.zeros(2, T, dtype=torch.int64)
    with torch.no_grad():
        logits = model(ids, torch.zeros(2, S, dtype=torch.int64)) if model.reads_source else model(ids)
    assert logits.shape == (2, T, report.vocab_size)


@everyday
@given(mutated())
def test_a_mutated_design_is_a_design_or_a_layer_stack_error(document):
    holds(document)


@everyday
@given(_anything())
def test_any_json_is_a_design_or_a_layer_stack_error(document):
    holds(document)


@everyday
@given(st.text(max_size=40) | mutated().map(lambda d: repr(d)[:200]) | st.binary(max_size=20).map(repr))
def test_any_text_is_a_design_or_a_layer_stack_error(text):
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("[", "{"):
        text = "[" + text
    holds(text)


@st.composite
def with_keys_twice(draw):
    """JSON where keys stand twice, some often, with the same or with other values."""
    text = json.dumps(draw(mutated()), ensure_ascii=True)
    for _ in range(draw(st.integers(1, 3))):
        key = draw(st.sampled_from(["id", "type", "data", "numHeads", "config", "layer_stack", "x"]))
        value = draw(st.sampled_from(["1", "2", "null", '"a"', "[]", "{}", '{"id": "a", "id": "b"}']))
        at = draw(st.sampled_from([n for n, letter in enumerate(text) if letter == "{"] or [-1]))
        more = ", ".join([f'"{key}": {value}'] * draw(st.sampled_from([1, 2, 30])))
        text = text[: at + 1] + more + ", " + text[at + 1 :]
    return text


@everyday
@given(with_keys_twice())
def test_keys_that_stand_twice_are_a_design_or_a_layer_stack_error(text):
    holds(text)


@pytest.mark.parametrize("value", ["1", "{number}"], ids=["the same", "others"])
def test_a_key_that_stands_twenty_thousand_times_is_read_once(value):
    """The time is printed only; read anew for each, it was a minute."""
    pairs = ", ".join(f'"k": {value.format(number=number)}' for number in range(20_000))
    start = time.perf_counter()
    problems = check_stack('[{"type": "tokenEmbedding", "data": {' + pairs + "}}]")
    print(f"read in {time.perf_counter() - start:.3f} s")
    twice = [problem for problem in problems if "twice" in problem.message]
    assert len(twice) == 21
    assert "19,979 more keys" in twice[-1].message
    assert {problem.severity for problem in twice} == {"warning" if value == "1" else "error"}


@pytest.mark.parametrize("name", HOSTILE_IDS, ids=lambda name: ascii(name)[:20])
def test_a_layer_may_be_called_anything_or_is_refused_by_its_sentence(name):
    document = preset("gpt2-nano").to_json()
    _shrink(document)
    document["layer_stack"][0]["data"]["id"] = name
    for container, key in places(document):
        if key == "source" and container[key] == "tokens":
            container[key] = name
    holds(document)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_or_a_device_is_refused_before_it_is_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path(os.devnull)):
        (problem,) = check_stack(path)
        assert "no ordinary file" in problem.message


@pytest.mark.parametrize(
    "item",
    [
        {"tpye": "dropout", "id": "drop", "dropoutRate": 0.1},
        {"tpye": "dropout", "dropoutRate": 0.1},
        {"Typ": "feedForward", "hiddenDim": 24},
        {"numHeads": 4},
    ],
)
def test_a_misspelled_type_makes_no_config_of_a_layer(item):
    layers = preset("gpt2-nano").layers
    layers.insert(1, item)
    assert any('must be an object with a "type"' in problem.message for problem in check_stack(layers))


@pytest.mark.parametrize(
    "item", [{}, {"emb_dim": 64}, {"Model": "gpt-2", "note": "mine"}, {"name": "dropout", "batchSize": 3}]
)
def test_what_says_something_of_the_whole_stays_a_config(item):
    assert not [p for p in check_stack([item, *preset("gpt2-nano").layers]) if p.severity == "error"]


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_every_design_here_in_small_counts_and_runs(seed):
    """The mutations start from something that does build; else they would show little."""
    document = copy.deepcopy(SEEDS[seed])
    _shrink(document)
    errors = [p.message for p in check_stack(document) if p.severity == "error"]
    assert errors == []
    assert build_model(document, max_bytes=ROOM)
    holds(document)


@pytest.mark.slow
@thorough
@given(mutated())
def test_thousands_of_mutated_designs(document):
    holds(document)


@pytest.mark.slow
@thorough
@given(_anything())
def test_thousands_of_random_documents(document):
    holds(document)
