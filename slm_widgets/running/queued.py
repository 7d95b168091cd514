"""A run's place in the queue, and the switches to it."""

from __future__ import annotations

from slm_widgets.errors import RunError
from slm_widgets.language import say
from slm_widgets.running.device_queue import Place


class Queued:
    """What a run has of the queue of its device.

    Attributes:
        place: Its place.
    """

    place: Place

    @property
    def name(self) -> str:
        """The run's name."""
        raise NotImplementedError

    @property
    def position(self) -> int | None:
        """0 when it is its turn, 1 for the next one, and so on; None once it is over."""
        return self.place.position

    def move_to(self, position: int) -> None:
        """Moves it to another place among the runs that wait for its device: 1 is the next; a high number is the last.

        Raises:
            RunError: where it does not wait any more, or the position is none.
        """
        if not isinstance(position, int) or isinstance(position, bool) or position < 1:
            raise RunError(
                say(
                    en=f"The position is {position!r}, but it must be a whole number from 1, which is the next run.",
                    ko=f"순서가 {position!r}인데, 1 이상의 정수여야 합니다. 1이 바로 다음 실행입니다.",
                ),
                field="position",
            )
        if not self.place.move_to(position):
            raise self._waits_no_more()

    def move_up(self) -> None:
        """Lets it begin one run earlier; raises RunError where it does not wait any more."""
        if not self.place.move_by(-1):
            raise self._waits_no_more()

    def move_down(self) -> None:
        """Lets one more run begin before it; raises RunError where it does not wait any more."""
        if not self.place.move_by(1):
            raise self._waits_no_more()

    def _waits_no_more(self) -> RunError:
        return RunError(
            say(
                en=f"The run {self.name!r} does not wait any more, so it cannot be moved. queue() shows the runs that wait.",
                ko=f"실행 {self.name!r}은(는) 더 이상 기다리지 않으므로 옮길 수 없습니다. 기다리는 실행은 queue()로 볼 수 있습니다.",
            )
        )
