"""When a checkpoint is due."""

from __future__ import annotations

from collections.abc import Callable

from slm_widgets.training.config import TrainConfig

# Where nobody says how often: at an evaluation that is the best so far, or once so many seconds of training could be lost, or
# anywhere after three times as many; and so seldom that it takes at most a fiftieth of the time. Before the first nobody
# knows what one takes; no disk is faster than the least.
_COST = 0.02
_AFTER_S = 20.0
_LEAST_COST_S = 0.02


class Keeping:
    """Says after a look whether a checkpoint should be taken.

    Args:
        config: Its ``checkpoint_every`` and ``keep_best``.
        clock: Seconds of training.
    """

    def __init__(self, config: TrainConfig, clock: Callable[[], float]) -> None:
        self._config, self._clock = config, clock
        self._kept_at = clock()
        self._cost_s = 0.0

    def is_due(self, step: int, *, was_evaluated: bool, is_best: bool) -> bool:
        """Whether one is due now."""
        every = self._config.checkpoint_every
        if not step or every == 0:
            return False
        if every is not None:
            return step % every == 0 or (is_best and self._config.keep_best > 0)
        since_s = self._clock() - self._kept_at
        is_wanted = since_s >= (_AFTER_S if was_evaluated else 3 * _AFTER_S) or (is_best and self._config.keep_best > 0)
        return is_wanted and since_s * _COST >= max(self._cost_s, _LEAST_COST_S)

    def kept(self, cost_s: float) -> None:
        """One was taken, which took so many seconds."""
        self._kept_at, self._cost_s = self._clock(), cost_s
