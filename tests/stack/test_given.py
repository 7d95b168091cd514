"""What a teacher gives must stay: the cases that the page's tests read too, and what must hold for any change."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_widgets.language import use_language
from slm_widgets.stack import preset
from slm_widgets.stack.given import WORDS, BrokenRule, broken_rules, same_json

CASES = json.loads((Path(__file__).parents[1] / "fixtures" / "editor_rules.json").read_text(encoding="utf-8"))
NANO = preset("gpt2-nano").layers


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_first_broken_rule_of_each_case_is_told(case: dict[str, Any]) -> None:
    broken = broken_rules(case["given"], case["handed_in"], **case["rules"])
    first = None if not broken else {"reason": broken[0].reason, "id": broken[0].layer_id}
    assert first == case["broken"]


def test_every_reason_has_a_case_and_words_in_both_languages() -> None:
    assert {case["broken"]["reason"] for case in CASES if case["broken"]} == set(WORDS)
    for reason in WORDS:
        rule = BrokenRule(reason, "<b>{type}</b>", "linear")
        with use_language("ko"):
            assert any("가" <= letter <= "힣" for letter in rule.message)
        assert "{id}" not in rule.message


@pytest.mark.parametrize("rubbish", [[], [None], [5, "x"], [{}], [{"type": 3, "data": 4, "children": 5}], [[[]]]])
def test_rubbish_breaks_the_rules_and_no_test(rubbish: list[Any]) -> None:
    (rule,) = broken_rules(NANO, rubbish, locked=["tokens"])
    assert (rule.reason, rule.layer_id) == ("removed", "tokens")
    assert broken_rules(rubbish, rubbish, readonly=True, locked=["x"], allowed=[]) == []


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
        max_leaves=12,
    )
)
def test_a_value_is_the_same_after_a_trip_through_json(value: Any) -> None:
    assert same_json(value, json.loads(json.dumps(value)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_is_locked_is_still_there_after_any_accepted_change(data: st.DataObject) -> None:
    """Layers are taken out, moved and changed by chance; whatever is accepted has the locked ones as they were."""
    locked = data.draw(st.sets(st.sampled_from(["tokens", "norm1", "attention", "block", "head"]), min_size=1))
    layers = copy.deepcopy(NANO)
    for _ in range(data.draw(st.integers(1, 3))):
        lists = [layers, *(node["children"] for node in layers if "children" in node)]
        source, target = data.draw(st.sampled_from(lists)), data.draw(st.sampled_from(lists))
        if not source:
            continue
        node = source.pop(data.draw(st.integers(0, len(source) - 1)))
        what = data.draw(st.sampled_from(["out", "moved", "changed"]))
        if what == "changed":
            node["data"]["label"] = "changed"
        if what != "out" and target is not node.get("children"):
            target.insert(data.draw(st.integers(0, len(target))), node)
    if not broken_rules(NANO, layers, locked=locked):
        assert _facts(layers, locked) == _facts(NANO, locked)


def _facts(layers: list[Any], locked: set[str]) -> list[Any]:
    found = []
    for node in layers:
        found += [("", node)] + [(node["data"]["id"], child) for child in node.get("children", [])]
    return [(block, node["data"]) for block, node in found if node["data"]["id"] in locked]
