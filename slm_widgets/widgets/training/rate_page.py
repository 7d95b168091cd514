"""The learning rate before the training begins: its curve over the steps, and the search for a good one."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from slm_widgets.language import say
from slm_widgets.running.plan import Plan
from slm_widgets.training import TrainConfig, schedule_curve
from slm_widgets.widgets.training.fold import Fold
from slm_widgets.widgets.training.learning_rate_search import LearningRateSearch
from slm_widgets.widgets.training.outlook import expected_length
from slm_widgets.widgets.training.schedule_picture import SchedulePicture

_STEPS_WHERE_NOBODY_KNOWS = 1000


class RatePage:
    """A fold, open until the first run begins.

    Args:
        prepare: Makes what would be trained now, for the search.
        take: Called with the learning rate that it suggests, when a person takes it over.
    """

    def __init__(self, prepare: Callable[[], Plan], take: Callable[[float], object]) -> None:
        self._picture = SchedulePicture()
        self.search = LearningRateSearch(prepare, take)
        self.fold = Fold(ipywidgets.VBox([self._picture, self.search]), is_open=True)

    def speak(self) -> None:
        """Says everything but the curve anew in the current language."""
        self.fold.name(say(en="Learning rate curve", ko="학습률 곡선"))
        self.search.speak()

    def show(self, config: TrainConfig | None, tokens: int | None, context_length: int | None) -> None:
        """Draws the curve of some settings.

        Args:
            config: None where they cannot be used.
            tokens: About how many tokens the text has, None where that is not known yet.
            context_length: The design's.
        """
        if config is None:
            self._picture.clear()
            return
        length = expected_length(config, tokens, context_length)
        steps = length.steps or _STEPS_WHERE_NOBODY_KNOWS
        self._picture.show(*schedule_curve(config, steps), length.steps, length.is_estimate)
