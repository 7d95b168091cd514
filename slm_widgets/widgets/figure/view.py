"""Where a person looks at a figure: at everything, or at a range of steps and one of losses."""

from __future__ import annotations

import math

from slm_widgets.widgets.figure.limits import Range


class View:
    """Zooms and moves along the steps; on a logarithmic axis by equal ratios.

    Attributes:
        steps: The range of steps that is looked at, None for all.
        losses: The range of losses, None for those that fill the height.
        is_log: Whether the axis of the steps is logarithmic.
    """

    def __init__(self) -> None:
        self.steps: Range | None = None
        self.losses: Range | None = None
        self.is_log = False

    @property
    def is_whole(self) -> bool:
        """Whether everything is seen."""
        return self.steps is None and self.losses is None

    def show_all(self) -> None:
        """Looks at everything."""
        self.steps = self.losses = None

    def seen(self, reach: float) -> Range:
        """The range of steps that is seen.

        Args:
            reach: The last step that there is, or will be.
        """
        return self.steps or self._whole(reach)

    def move(self, name: str, reach: float) -> None:
        """Zooms or moves along the steps, but not beyond them; the losses there are then seen as a whole.

        Args:
            name: ``"in"``, ``"out"``, ``"left"`` or ``"right"``.
            reach: The last step that there is, or will be.
        """
        low, high = self._to_axis(self.seen(reach))
        start, end = self._to_axis(self._whole(reach))
        middle, half = (low + high) / 2, (high - low) / 2
        half *= {"in": 0.5, "out": 2.0}.get(name, 1.0)
        middle += {"left": -half, "right": half}.get(name, 0.0)
        self.losses = None
        if half * 2 >= end - start:
            self.steps = None
            return
        middle = min(max(middle, start + half), end - half)
        self.steps = self._from_axis((middle - half, middle + half))

    def bring(self, step: float) -> None:
        """Moves so far that a step is seen."""
        if self.steps is not None and not self.steps[0] <= step <= self.steps[1]:
            half = (self.steps[1] - self.steps[0]) / 2
            self.steps = (step - half, step + half)

    def set_log(self, is_log: bool) -> None:
        """Chooses the kind of axis for the steps; what is looked at along it stays, as far as it has a place there."""
        self.is_log = is_log
        self.losses = None
        if self.steps is not None:
            self.steps = self._from_axis(self._to_axis(self.steps))

    def _whole(self, reach: float) -> Range:
        return (1.0, max(reach, 10.0)) if self.is_log else (0.0, reach)

    def _to_axis(self, steps: Range) -> Range:
        """From steps to places along the axis."""
        low, high = steps
        return (math.log(max(low, 0.5)), math.log(max(high, 1))) if self.is_log else steps

    def _from_axis(self, places: Range) -> Range:
        return (math.exp(places[0]), math.exp(places[1])) if self.is_log else places
