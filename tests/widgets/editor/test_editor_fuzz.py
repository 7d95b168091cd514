"""Whatever a page sends, the editor answers and raises nothing: malformed traits, malformed requests, designs of nonsense."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import slm_widgets as slm
from slm_widgets.widgets import GraphEditor

pytestmark = pytest.mark.slow

NUMBERS = st.one_of(
    st.integers(-3, 300),
    st.sampled_from([1e300, -1e300, float("nan"), float("inf"), -0.0, 10**400, 2**63]),
    st.floats(),
)
WORDS = st.one_of(
    st.sampled_from(["", "NaN", "__proto__", "constructor", "<img src=x onerror=alert(1)>", "\u202eabc", "a\u200bb", "x" * 10_000]),
    st.sampled_from(["tokens", "head", "head:in", "block", "block:in", "ko", "gpt2-nano", "../x.json", "/", "\0"]),
    st.text(max_size=8),
)  # fmt: skip
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(WORDS, inner, max_size=4)),
    max_leaves=12,
)
TYPES = st.sampled_from(["tokenEmbedding", "mhAttention", "linear", "residual", "transformerBlock", "feedForward", "nothing"])  # fmt: skip
FIELDS = st.sampled_from(["id", "embDim", "vocabSize", "numHeads", "numOfBlocks", "source", "input", "label", "dropoutRate", "toString"])  # fmt: skip
NODES = st.recursive(
    st.fixed_dictionaries({"type": st.one_of(TYPES, JSON), "data": st.dictionaries(FIELDS, JSON, max_size=3)}),
    lambda inner: st.fixed_dictionaries({"type": TYPES, "data": JSON, "children": st.lists(inner, max_size=3)}),
    max_leaves=5,
)
QUIET = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


THEIRS = {"layout", "tabbable", "tooltip"}  # every widget's, from ipywidgets


def own_traits() -> list[str]:
    return sorted(name for name in GraphEditor.class_trait_names(sync=True) if name[0] != "_" and name not in THEIRS)


@pytest.fixture(scope="module")
def editor() -> GraphEditor:
    return slm.GraphEditor("gpt2-nano")


def ask(editor: GraphEditor, request: Any) -> dict[str, Any]:
    """What the page gets; it must be exactly one answer, and JSON as a browser reads it."""
    sent: list[Any] = []
    object.__setattr__(editor, "send", lambda content, buffers=None: sent.append(content))
    try:
        editor._handle_custom_msg(request, [])
    finally:
        del editor.send
    (answer,) = sent
    json.dumps(answer, allow_nan=False)
    return answer


@pytest.mark.parametrize("name", own_traits())
@settings(QUIET, max_examples=15)
@given(value=JSON)
def test_no_value_of_a_trait_raises_or_breaks_the_design(editor, name, value):
    before = copy.deepcopy(editor.layer_stack)
    answers = editor.analysis["revision"]
    editor.set_state({name: value})
    json.dumps({trait: getattr(editor, trait) for trait in ("analysis", "palette", "texts", "costs")})
    if name == "layer_stack":
        assert editor.analysis["revision"] > answers  # a page that waits is answered
        editor.set_state({"layer_stack": before})
    assert editor.layer_stack == before
    assert editor.language in ("en", "ko")
    assert isinstance(editor.analysis, dict)
    assert isinstance(editor.palette, list)
    assert editor.height_px == 680
    editor.set_state({"language": "en", "folded": []})


@QUIET
@given(stack=st.lists(st.one_of(NODES, JSON), max_size=4), edition=WORDS)
def test_a_design_of_nonsense_is_answered_with_its_problems(editor, stack, edition):
    revision = editor.analysis["revision"]
    editor.set_state({"layer_stack": stack, "edition": edition})
    assert editor.analysis["revision"] > revision
    assert editor.analysis["edition"] == edition
    assert not any("could not be examined" in problem["text"] for problem in editor.analysis["problems"])
    for problem in editor.analysis["problems"]:
        assert problem["text"]
        assert problem["severity"] in ("error", "warning")


KINDS = ["code", "costs", "picture", "read", "open", "gallery", "json", "file-name", "file-check", "file-keep", "file-take", "compare", "end-compare"]  # fmt: skip


@settings(QUIET, max_examples=60)
@given(
    kind=st.one_of(st.sampled_from(KINDS), JSON),
    content=st.dictionaries(st.sampled_from(["text", "name", "source", "theme", "preset"]), JSON, max_size=4),
)  # fmt: skip
def test_every_request_gets_one_answer(editor, kind, content):
    answer = ask(editor, {"id": "7", "kind": kind, **content})
    assert answer["id"] == "7"
    assert answer["ok"] is True or answer["message"]


@QUIET
@given(request=JSON)
def test_what_is_no_request_at_all_gets_an_answer_too(editor, request):
    assert ask(editor, request)["ok"] is False
