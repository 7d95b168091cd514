"""What a run does otherwise than the one that it was changed from."""

from __future__ import annotations

import html

import ipywidgets

from slm_widgets.language import say
from slm_widgets.library.run_difference import RunDifference

_MOST_IN_A_LINE = 3


class Changes(ipywidgets.HTML):
    """A line; where there are many changes, their number, and all of them once it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.show(None)

    def show(self, difference: RunDifference | None) -> None:
        """Shows a difference in the current language; nothing where nothing differs, or there is nothing to compare with."""
        self.layout.display = None if difference else "none"
        self.value = _written(difference) if difference else ""


def _written(difference: RunDifference) -> str:
    name, changes = html.escape(difference.design.names[0]), [html.escape(words) for words in difference.words()]
    if len(changes) <= _MOST_IN_A_LINE:
        words = say(en=f"Differs from {name}: {'; '.join(changes)}", ko=f"{name} 대비 달라진 점: {'; '.join(changes)}")
        return f'<div class="slm-quiet">{words}</div>'
    words = say(en=f"Differs from {name} in {len(changes)} points", ko=f"{name} 대비 달라진 점 {len(changes)}가지")
    listed = "".join(f"<li>{words}</li>" for words in changes)
    return f'<details><summary>{words}</summary><ul class="slm-notices">{listed}</ul></details>'
