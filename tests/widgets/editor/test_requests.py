"""Requests of the page: each one is answered, whatever happens."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from slm_widgets.errors import LayerStackError
from slm_widgets.layers import Problem
from slm_widgets.widgets.editor.requests import answer_requests


class Widget:
    """What a request needs of an anywidget; ``send`` takes JSON only, as a comm does."""

    language = "en"

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def on_msg(self, callback: Any) -> None:
        self.page_sends = lambda content: callback(self, content, [])

    def send(self, content: Any) -> None:
        if isinstance(content.get("value"), set):
            raise TypeError("Object of type set is not JSON serializable")
        self.sent.append(content)


def refused(_: Any) -> None:
    raise LayerStackError([Problem("a", None, "error", "6 heads"), Problem("b", None, "error", "no source")])


@pytest.fixture
def widget() -> Widget:
    widget = Widget()
    bodies = {"double": lambda request: 2 * request["n"], "refused": refused, "odd": lambda _: {1, 2}}
    answer_requests(widget, bodies)
    return widget


def test_an_answer_carries_the_id_of_its_request(widget: Widget) -> None:
    widget.page_sends({"id": "p-1", "kind": "double", "n": 21})
    widget.page_sends({"id": "p-2", "kind": "double", "n": 1})
    assert widget.sent == [{"id": "p-1", "ok": True, "value": 42}, {"id": "p-2", "ok": True, "value": 2}]


def test_an_error_of_ours_is_answered_with_its_sentences(widget: Widget) -> None:
    widget.page_sends({"id": 1, "kind": "refused"})
    assert widget.sent == [{"id": 1, "ok": False, "message": "6 heads\nno source"}]


@pytest.mark.parametrize(
    ("request_", "part"),
    [
        ({"id": 1, "kind": "double"}, "KeyError: 'n'"),
        ({"id": 1, "kind": "odd"}, "not JSON serializable"),
        ({"id": 1, "kind": "unknown"}, "known requests: double, refused, odd"),
        ({"id": 1, "kind": ["double"]}, "known requests"),
        ({"id": 1}, "known requests"),
    ],
)
def test_a_mistake_is_answered_with_what_it_was(widget: Widget, request_: dict[str, Any], part: str) -> None:
    widget.page_sends(request_)
    (answer,) = widget.sent
    assert (answer["id"], answer["ok"]) == (1, False)
    assert part in answer["message"]


@pytest.mark.parametrize("nonsense", [None, 5, "code", [], {}])
def test_nonsense_is_refused_and_raises_nothing_into_the_comm(widget: Widget, nonsense: Any) -> None:
    widget.page_sends(nonsense)
    assert [(answer["id"], answer["ok"]) for answer in widget.sent] == [(None, False)]


def test_a_refusal_speaks_the_language_of_the_widget(widget: Widget) -> None:
    widget.language = "ko"
    # A message may arrive on another thread, which knows no chosen language.
    subshell = threading.Thread(target=widget.page_sends, args=({"id": 1, "kind": "unknown"},))
    subshell.start()
    subshell.join(30)
    assert "요청" in widget.sent[0]["message"]
