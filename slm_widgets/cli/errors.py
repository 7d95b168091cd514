"""Errors and warnings of ours as sentences on stderr, without a traceback."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slm_widgets.errors import SLMError

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of the signal, as shells have it."""


def on_one_line(text: str) -> str:
    """A text from a file as a terminal may show it: what would move the cursor or end the line becomes a mark."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def told(work: Callable[[], int]) -> int:
    """Does the work and returns its exit status; an error of ours is told on stderr and is status 2."""
    try:
        return work()
    except SLMError as error:
        print("\n".join(map(on_one_line, error.message.split("\n"))), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # ``slm-widgets generate ... | head``: whoever read has seen enough
        sys.stdout = None
        return 0


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Shows our own warnings as sentences; those of other packages stay as they are."""
    with warnings.catch_warnings():
        others = warnings.showwarning

        def show(message: Any, category: type[Warning], filename: str, lineno: int, *rest: Any, **more: Any) -> None:
            if category is UserWarning and "slm_widgets" in filename:
                print(message, file=sys.stderr)
            else:
                others(message, category, filename, lineno, *rest, **more)

        warnings.showwarning = show
        yield
