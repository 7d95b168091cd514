"""The picture that a widget leaves behind for pages without widgets: nbconvert's, GitHub's, nbgrader's feedback.

Where widgets are shown, they come first (every front end prefers them); the picture is of the moment when the cell ran.
"""

from __future__ import annotations

from typing import Any

import ipywidgets

from slm_widgets.widgets.border import shown

SVG = "image/svg+xml"
_WIDGET = "application/vnd.jupyter.widget-view+json"


class WithPicture(ipywidgets.DOMWidget):
    """A widget that says what it looks like; stands before the other base classes.

    ipywidgets 8 tells IPython what to display when it is asked (``_repr_mimebundle_``), ipywidgets 7 displays itself
    (``_ipython_display_``); the picture goes along with either.
    """

    def _small_svg(self) -> str:
        """The widget as an SVG file, small enough to be kept in a notebook; "" for none."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        told = getattr(super(), "_repr_mimebundle_", lambda **_: {"text/plain": repr(self)})(**kwargs)
        if not told:
            return told
        # anywidget tells of metadata, too; ipywidgets does not.
        data, *metadata = told if isinstance(told, tuple) else (told,)
        whole = {**data, **self._pictured()}
        return (whole, *metadata) if metadata else whole

    if hasattr(ipywidgets.Widget, "_ipython_display_"):

        def _ipython_display_(self, **kwargs: Any) -> None:
            from IPython.display import display  # only a notebook asks for it

            view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
            display({"text/plain": repr(self)[:110], _WIDGET: view, **self._pictured()}, raw=True)
            self._handle_displayed(**kwargs)  # type: ignore[attr-defined]

    def _pictured(self) -> dict[str, str]:
        """The picture; nothing rather than an error, which would keep the widget itself from being shown."""
        svg = ""
        with shown(lambda error, words: None):
            svg = self._small_svg()
        return {SVG: svg} if svg else {}
