"""Where widgets meet the rest: the one broad ``except``, the way to the main loop, what ipywidgets 7 and 8 do differently."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets

from slm_widgets.errors import SLMError
from slm_widgets.language import say
from slm_widgets.main_loop import main_loop, unasked


@contextmanager
def shown(show: Callable[[Exception, str], object]) -> Iterator[None]:
    """Shows whatever goes wrong inside the block as a sentence in the widget: an exception in a callback or a thread would
    be seen by nobody.

    Args:
        show: Gets the exception and the sentence about it.
    """
    try:
        yield
    except Exception as error:
        show(error, sentence(error))


def sentence(error: BaseException) -> str:
    """What a person reads about an error."""
    if isinstance(error, SLMError):
        return error.message
    return say(
        en=f"Something unforeseen went wrong ({type(error).__name__}: {error}). Please tell the authors.",
        ko=f"예상하지 못한 문제가 생겼습니다({type(error).__name__}: {error}). 만든 이에게 알려 주세요.",
    )


def call_on_main(function: Callable[[], object]) -> None:
    """Calls a function on the main loop, where widgets may be made; at once where this is it, or where there is none.

    A callback of a widget may run on a subshell, another thread with another loop.
    """
    loop = main_loop()
    try:
        here = asyncio.get_running_loop()
    except RuntimeError:
        here = None
    if loop is None or loop is here or loop.is_closed():
        function()
    else:
        loop.call_soon_threadsafe(unasked(function))


def send_again(widget: ipywidgets.Widget) -> None:
    """Sends all that a widget and those inside it hold, as whoever shows it again does.

    nbclient takes note of what cells send, but not of what a thread sends between two cells: a notebook that is run and saved
    would keep the widget as it was before.
    """
    seen: set[str] = set()
    found: list[Any] = [widget]
    while found:
        one = found.pop()
        if isinstance(one, ipywidgets.Widget) and one.model_id not in seen:
            seen.add(one.model_id)
            one.send_state()
            found += [getattr(one, name) for name in one.keys]
        elif isinstance(one, Mapping):
            found += one.values()
        elif isinstance(one, list | tuple):
            found += one


def set_tooltip(widget: ipywidgets.DOMWidget, text: str) -> None:
    """Sets the text that appears under the mouse: ``tooltip`` in ipywidgets 8, ``description_tooltip`` in 7."""
    widget.set_trait("tooltip" if widget.has_trait("tooltip") else "description_tooltip", text)
