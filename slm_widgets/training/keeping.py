"""When a checkpoint is due."""

from __future__ import annotations

from collections.abc import Callable

from slm_widgets.training.config import TrainConfig

# Where nobody says how often: at an evaluation that is among the best so far, or once so many seconds of training could be lost, or
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
        self._best: list[float] = []  # the keep_best lowest validation losses of those that were taken

    def is_due(self, step: int, val_loss: float | None) -> bool:
        """Whether one is due now.

        Args:
            step: How many steps are done.
            val_loss: What was measured after them; None where nothing was.
        """
        every = self._config.checkpoint_every
        if not step or every == 0:
            return False
        is_best = val_loss is not None and self._is_among_the_best(val_loss)
        if every is not None:
            return step % every == 0 or is_best
        since_s = self._clock() - self._kept_at
        is_wanted = is_best or since_s >= (3 * _AFTER_S if val_loss is None else _AFTER_S)
        return is_wanted and since_s * _COST >= max(self._cost_s, _LEAST_COST_S)

    def tried(self, cost_s: float) -> None:
        """So many seconds were spent on one, taken or not."""
        self._kept_at, self._cost_s = self._clock(), cost_s

    def kept(self, val_loss: float | None) -> None:
        """One was taken, of weights with this validation loss; None where it was not measured."""
        if val_loss is not None:
            self._best = self._best_with(val_loss)

    def facts(self) -> list[float]:
        """What a checkpoint must hold."""
        return self._best

    def restore(self, facts: list[float], val_loss: float | None) -> None:
        """Goes on from ``facts``, at a checkpoint with this validation loss."""
        self._best = list(facts)
        self.kept(val_loss)

    def _is_among_the_best(self, val_loss: float) -> bool:
        return val_loss in self._best_with(val_loss)

    def _best_with(self, val_loss: float) -> list[float]:
        return sorted([*self._best, val_loss])[: self._config.keep_best]
