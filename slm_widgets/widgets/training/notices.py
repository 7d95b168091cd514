"""Sentences that a person should read and that change nothing about the training: a list that does not grow over the page."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import say

_SEEN = 3


class Notices(ipywidgets.HTML):
    """Shows the newest notices, each once however often it came; older ones are folded away."""

    def __init__(self) -> None:
        super().__init__()
        self.show([])

    def show(self, sentences: Sequence[str]) -> None:
        """Shows some notices, the oldest first, or nothing at all where there are none."""
        counted = Counter(sentences)
        lines = [_line(sentence, times) for sentence, times in counted.items()]
        older, newest = lines[:-_SEEN], lines[-_SEEN:]
        text = ""
        if older:
            words = say(en=f"{len(older)} earlier notices", ko=f"이전 알림 {len(older)}개")
            text = f"<details><summary>{words}</summary>{_listed(older)}</details>"
        self.value = f'<div class="slm-problem slm-mild">{text}{_listed(newest)}</div>' if newest else ""
        self.layout.display = None if newest else "none"


def _listed(lines: Sequence[str]) -> str:
    return f'<ul class="slm-notices">{"".join(lines)}</ul>'


def _line(sentence: str, times: int) -> str:
    return f"<li>{html.escape(sentence)}{f' (×{times})' if times > 1 else ''}</li>"
