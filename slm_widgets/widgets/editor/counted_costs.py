"""The costs of the design that an editor shows: counted after the design has been quiet for a moment, beside everything else."""

from __future__ import annotations

import weakref
from typing import Any

import traitlets as t

from slm_widgets.errors import ConfigError
from slm_widgets.language import use_language
from slm_widgets.stack.shares import StaleError, count_shares
from slm_widgets.stack.workload import Workload, read_workload, recipe_workload
from slm_widgets.widgets.border import call_on_main, sentence
from slm_widgets.widgets.editor.afterwards import AFTERWARDS, GoesOn
from slm_widgets.widgets.editor.drawn import Drawn

QUIET_S = 0.4
"""How long nothing may have changed before counting begins; typing a number changes the design at every digit."""


class CountedCosts(Drawn):
    """The traits ``costs`` and ``workload`` of an editor.

    ``costs`` (Python's own) is what ``count_shares`` answers, and the ``revision`` of the analysis it belongs to; what the page
    shows meanwhile is that of the revision before. ``workload`` is written by the page and by Python. Nothing is counted before
    a page looks (``look_at_costs``): a program without a page has ``slm.describe``.
    """

    costs = t.Dict().tag(sync=True)
    workload = t.Dict().tag(sync=True)
    _is_looked_at = False

    def look_at_costs(self) -> None:
        """Counts the costs from now on, after every change."""
        self._is_looked_at = True
        if self.costs.get("revision") != self.analysis.get("revision"):
            self._count_later()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Takes a message of the browser's; a workload that cannot be is refused with a sentence in ``costs``."""
        if "workload" in sync_data:
            sync_data = dict(sync_data)
            try:
                with use_language(self.language):
                    sync_data["workload"] = _of(sync_data["workload"], self).to_json()
            except ConfigError as error:
                del sync_data["workload"]
                self.costs = {**self.costs, "words": error.message}
                self.send_state("workload")  # the page goes back to what is
        super().set_state(sync_data)

    @t.default("workload")
    def _first_workload(self) -> dict[str, Any]:
        return recipe_workload(self.config).to_json()

    @t.validate("workload")
    def _whole_workload(self, proposal: Any) -> dict[str, Any]:
        return _of(proposal["value"], self).to_json()

    @t.observe("config")
    def _follow_recipe(self, change: Any) -> None:
        """Another design's recipe counts, unless somebody chose otherwise."""
        if self.workload == recipe_workload(change["old"]).to_json():
            self.workload = recipe_workload(change["new"]).to_json()

    @t.observe("analysis", "workload")
    def _count_later(self, _change: Any = None) -> None:
        if not self._is_looked_at or self.comm is None:
            return
        editor: weakref.ref[CountedCosts] = weakref.ref(self)
        design = (self.layer_stack, self.config, self.vocab_size)
        workload, revision = Workload(**self.workload), self.analysis.get("revision")
        language = self.language

        def count(goes_on: GoesOn) -> None:
            try:
                with use_language(language):
                    found = count_shares(*design, workload, goes_on)
            except StaleError:
                return
            except Exception as error:  # the widget's border: told on the screen, not in whatever cell is the latest
                with use_language(language):
                    found = {"layers": {}, "total": {}, **workload.to_json(), "words": sentence(error)}
            if goes_on():
                call_on_main(lambda: _show(editor, {**found, "revision": revision}))

        AFTERWARDS.ask(self, count, QUIET_S)


def _of(value: Any, editor: CountedCosts) -> Workload:
    """The workload that a value says, the editor's own where it says nothing."""
    is_new = not editor.trait_has_value("workload")  # while the widget is made
    now = recipe_workload(editor.config) if is_new else Workload(**editor.workload)
    return read_workload(value, now)


def _show(editor: weakref.ref[CountedCosts], costs: dict[str, Any]) -> None:
    shown = editor()
    if shown is not None and shown.comm is not None:  # else it is closed
        shown.costs = costs
