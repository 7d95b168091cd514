"""What a run, whether it goes on or lies on disk, has of where it comes from."""

from __future__ import annotations

from typing import Protocol

from slm_widgets.library.ancestry import Parent
from slm_widgets.library.run_difference import RunDifference, difference_from
from slm_widgets.stack import LayerStack
from slm_widgets.training import TrainConfig


class _Changed(Protocol):
    """What was changed from something; a live run knows these, one on disk reads them when it is asked."""

    @property
    def origin(self) -> Parent | None: ...
    @property
    def name(self) -> str: ...
    @property
    def stack(self) -> LayerStack: ...
    @property
    def config(self) -> TrainConfig: ...


class Descendant:
    """For a run that knows its ``origin``: the design and settings that it was changed from, None where none can be told."""

    @property
    def parent(self: _Changed) -> LayerStack | None:
        """The design that it was changed from, else None."""
        return None if self.origin is None else self.origin.stack

    def difference(self: _Changed) -> RunDifference | None:
        """What it does otherwise than its parent; None where it has none."""
        return None if self.origin is None else difference_from(self.origin, self.name, self.stack, self.config)
