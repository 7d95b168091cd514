"""Errors and warnings of ours as sentences on stderr, without a traceback."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from slm_widgets.errors import SLMError

FAILED = 2
"""The exit status of what was not understood or did not work, as argparse has it."""

INTERRUPTED = 130
"""The exit status after Ctrl-C: 128 and the number of the signal, as shells have it."""

_told: set[str] = set()  # by the command that runs now


def on_one_line(text: str) -> str:
    """A text from a file as a terminal may show it: what would move the cursor or end the line becomes a mark."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def tell(sentence: str) -> None:
    """Writes a sentence on stderr, once: a run tells its notices while it trains and again when it is over."""
    if sentence not in _told:
        _told.add(sentence)
        print("\n".join(map(on_one_line, sentence.split("\n"))), file=sys.stderr)


def told(work: Callable[[], int]) -> int:
    """Does the work and returns its exit status; an error of ours is told on stderr and is status 2."""
    _told.clear()
    try:
        return work()
    except SLMError as error:
        tell(error.message)
        return FAILED
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
                tell(str(message))
            else:
                others(message, category, filename, lineno, *rest, **more)

        warnings.showwarning = show
        yield
