"""The states of a run."""

from __future__ import annotations

from enum import StrEnum

from slm_widgets.language import Text


class RunState(StrEnum):
    """Where a run is in its life; everything else about it is derived from this.

    PENDING -> RUNNING <-> PAUSED, and then one of the three ends: STOPPED (by a person; the model is kept), FAILED (the
    reason is in ``error``) or FINISHED.
    """

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    PAUSED = "PAUSED"
    STOPPED = "STOPPED"
    FAILED = "FAILED"
    FINISHED = "FINISHED"

    @property
    def is_over(self) -> bool:
        """Nothing will change any more."""
        return self in (RunState.STOPPED, RunState.FAILED, RunState.FINISHED)

    @property
    def is_active(self) -> bool:
        """It waits, computes or is paused."""
        return not self.is_over

    @property
    def label(self) -> str:
        """The state in the chosen language."""
        return str(_LABELS[self])


_LABELS = {
    RunState.PENDING: Text(en="waiting", ko="대기 중"),
    RunState.RUNNING: Text(en="training", ko="학습 중"),
    RunState.PAUSED: Text(en="paused", ko="일시 정지"),
    RunState.STOPPED: Text(en="stopped", ko="멈춤"),
    RunState.FAILED: Text(en="failed", ko="실패"),
    RunState.FINISHED: Text(en="finished", ko="완료"),
}
