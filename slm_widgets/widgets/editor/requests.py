"""Requests of the page and their answers: custom messages beside the traits.

The page sends ``{"id": ..., "kind": ..., ...}``. Whatever happens, it is answered, in the widget's language:
``{"id": ..., "ok": True, "value": ...}`` or ``{"id": ..., "ok": False, "message": ...}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slm_widgets.language import say, use_language
from slm_widgets.widgets.border import shown

Body = Callable[[Mapping[str, Any]], Any]
"""Does what is asked: the request -> plain JSON."""


class _Speaking(Protocol):
    language: Any

    def send(self, content: Any) -> None: ...
    def on_msg(self, callback: Callable[..., Any]) -> None: ...


def answer_requests(widget: _Speaking, bodies: Mapping[str, Body]) -> None:
    """Answers the requests of a widget's page from now on.

    Args:
        widget: An anywidget with a ``language``.
        bodies: What to do, by the ``kind`` of the request; perhaps on another thread. What one raises is the answer.
    """

    def on_message(_: Any, content: Any, _buffers: Any) -> None:
        request = content if isinstance(content, dict) else {}

        def refuse(_: Exception, words: str) -> None:
            widget.send({"id": request.get("id"), "ok": False, "message": words})

        # Sending is tried inside, too: a value that is no JSON must not leave the page waiting.
        with use_language(widget.language), shown(refuse):
            widget.send({"id": request.get("id"), "ok": True, "value": _body(bodies, request)(request)})

    widget.on_msg(on_message)


def _body(bodies: Mapping[str, Body], request: Mapping[str, Any]) -> Body:
    kind = request.get("kind")
    if not isinstance(kind, str) or kind not in bodies:
        raise ValueError(
            say(
                en=f"the page asks for {kind!r}; known requests: {', '.join(bodies)}",
                ko=f"화면이 {kind!r}을(를) 요청했습니다. 가능한 요청: {', '.join(bodies)}",
            )
        )
    return bodies[kind]
