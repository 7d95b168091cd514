"""From a press of Train or Resume to a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from slm_widgets.language import say
from slm_widgets.running import Run, resume, train
from slm_widgets.stack import LayerStack
from slm_widgets.training import TrainConfig
from slm_widgets.widgets.border import shown
from slm_widgets.widgets.design_choice import DesignChoice
from slm_widgets.widgets.training.preparation import Preparation
from slm_widgets.widgets.training.prospect import Prospect


class Beginning:
    """Begins runs: what is wrong at once is told at once, and what takes seconds happens in a thread.

    Args:
        design: What is drawn, or fixed.
        prospect: The text, the settings, and what stands in the way.
        track: Whether runs are written to MLflow.
        follow: Called in the thread with a run that has begun.
        draw: Draws the panel anew; called from any thread.

    Attributes:
        preparation: What is being done before there is a run.
    """

    def __init__(
        self,
        design: DesignChoice,
        prospect: Prospect,
        track: bool,
        follow: Callable[[Run], object],
        draw: Callable[[], object],
    ) -> None:
        self._design, self._prospect, self._track = design, prospect, track
        self._complaints = prospect.complaints
        self._follow, self._draw = follow, draw
        self.preparation = Preparation()

    def train(self, parent: Run | None) -> None:
        """Begins a new run with the design and the settings as they are now.

        Args:
            parent: The run before, which the new one is compared with.
        """
        design = config = None
        self._complaints.begin()
        with shown(self._complaints.refuse("design")):
            design = self._design.stack
        with shown(self._complaints.refuse("settings")):
            config = self._prospect.config
        if design is not None and config is not None:
            self._complaints.forget("text")  # it is read again
            doing = say(en="reading the text", ko="글을 읽고 있습니다")
            self.preparation.begin(lambda: self._train(design, config, parent), self._draw, doing)

    def resume(self, folder: str | Path) -> None:
        """Goes on with the run of a folder."""
        self._complaints.begin()
        doing = say(en="reading the checkpoint", ko="체크포인트를 읽고 있습니다")
        self.preparation.begin(lambda: self._resume(folder), self._draw, doing)

    def _train(self, design: LayerStack, config: TrainConfig, parent: Run | None) -> None:
        with shown(self._complaints.refuse("text")):
            corpus, tokenizer = self._prospect.texts.load()
            with shown(self._complaints.refuse("together")):
                if not self.preparation.is_unwanted:
                    self._take(train(design, corpus, tokenizer, config, track=self._track, parent=parent))

    def _resume(self, folder: str | Path) -> None:
        with shown(self._complaints.refuse("together")):
            if not self.preparation.is_unwanted:
                run = resume(folder, track=self._track)
                if isinstance(run, Run):  # else it has finished meanwhile
                    self._take(run)

    def _take(self, run: Run) -> None:
        self._follow(run)
        if self.preparation.is_unwanted:
            run.stop()
