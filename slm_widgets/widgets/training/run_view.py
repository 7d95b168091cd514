"""What is seen of one run, while it goes on or after: its figure, its numbers, its samples, what was said about it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from slm_widgets.language import say
from slm_widgets.library import Checkpoint, SavedRun
from slm_widgets.library.run_difference import RunDifference, difference_from
from slm_widgets.running import Run
from slm_widgets.training import CheckpointSaved, Event
from slm_widgets.widgets.live_figure import LiveFigure
from slm_widgets.widgets.sample_pages import SamplePages
from slm_widgets.widgets.style import Words
from slm_widgets.widgets.training.changes import Changes
from slm_widgets.widgets.training.choices import Choices
from slm_widgets.widgets.training.notices import Notices
from slm_widgets.widgets.training.queue_place import QueuePlace
from slm_widgets.widgets.training.status import TrainingStatus
from slm_widgets.widgets.training.tracking_link import TrackingLink


class RunView:
    """Widgets that show one run, a live one or one read from its folder. Whoever uses it holds a lock meanwhile.

    ``status.line`` stands beside the buttons, ``above`` below them, and ``below`` last, from the first run on: not hidden but
    left out until then, because bqplot cannot draw what has no size.

    Attributes:
        run: The run that is shown, None before the first.
    """

    def __init__(self) -> None:
        self.run: Run | SavedRun | None = None
        self.status = TrainingStatus()
        self.queue = QueuePlace()
        self.figure = LiveFigure()
        self.samples = SamplePages()
        self.choices = Choices()
        self.notices = Notices()
        self.change = Changes()
        self.where = Words()
        self.tracking = TrackingLink(self._tell_tracking)
        self._tracking_told: list[str] = []
        self._difference: RunDifference | None = None
        self._compared: dict[Path, Run | SavedRun] = {}
        self.above = [self.queue, self.status.bar, self.status.facts, self.status.meanings]
        self.below = [*(self.change, self.choices, self.figure, self.samples, self.notices, self.where, self.tracking)]

    def show(self, run: Run | SavedRun) -> None:
        """Shows another run: all that it has done so far. A live one's events are then to be ``hear``d."""
        self.run = run
        if self._compared:
            self._lay_over()
        self.figure.start(run.entropy_floor, run.max_steps)
        self.status.start(run.max_steps)
        self.samples.start()
        history = run.history
        self.figure.show_history(history, run.samples, [_told(checkpoint) for checkpoint in run.checkpoints])
        self.status.read(history)
        self.samples.hear(run.samples)
        self._tracking_told = []
        origin = run.origin
        self._difference = None if origin is None else difference_from(origin, run.name, run.stack, run.config)

    def hear(self, run: Run, events: Sequence[Event]) -> None:
        """Takes note of some events of a run, unless another one is shown."""
        if run is self.run:
            self.figure.show_events(events)
            self.status.hear(events)
            self.samples.hear(events)

    def prepare(self, doing: str) -> None:
        """Says that another run is being prepared; what is shown of the one before stays.

        Args:
            doing: What is being done, as a sentence.
        """
        self.status.prepare(doing)
        self.queue.show(None)
        self.notices.show([])
        self.where.show("")
        self.tracking.show(None)

    def draw(self, *, is_own: bool) -> None:
        """Draws state, place, choices, notices and folder in the current language.

        Args:
            is_own: Whether this is the run that the panel began last.
        """
        run = self.run
        if run is None:
            self.status.show(None)
            return
        live = run if isinstance(run, Run) else None
        self.status.show(
            run.state,
            asked="" if live is None else _asked(live),
            passed_s=run.elapsed_s,
            left_s=None if live is None else live.time_left_s,
            name="" if is_own else run.name,
            ended_early=run.ended_early,
        )
        self.queue.show(live)
        self.change.show(self._difference)
        self.choices.show(run.choices)
        self.notices.show([*(live.notices if live is not None else []), *self._tracking_told])
        self.where.show(whereabouts(run))
        self.tracking.show(tracked(run))

    def compare(self, run: Run | SavedRun) -> None:
        """Lays the curves of a run over those of every other one that is shown, or does so no more where it did already."""
        if self._compared.pop(run.folder, None) is None:
            self._compared[run.folder] = run
        self._lay_over()

    def _lay_over(self) -> None:
        self.figure.clear_overlays()
        others = [each for folder, each in self._compared.items() if self.run is None or folder != self.run.folder]
        names = [each.name for each in (*others, self.run) if each is not None]
        for each in others:
            is_alone = names.count(each.name) == 1
            self.figure.overlay(each.name if is_alone else each.folder.name, each.history)

    def _tell_tracking(self, sentence: str) -> None:
        self._tracking_told.append(sentence)
        self.notices.show(self._tracking_told)

    def speak(self, language: str) -> None:
        """Says what is shown anew in a language, which is the current one."""
        self.figure.language = language
        self.samples.speak()


def _told(checkpoint: Checkpoint) -> CheckpointSaved:
    loss = math.nan if checkpoint.val_loss is None else checkpoint.val_loss
    return CheckpointSaved(checkpoint.step, checkpoint.path.name, loss, checkpoint.is_best)


def whereabouts(run: Run | SavedRun) -> str:
    """Where a run is kept: its folder, and MLflow once that is known."""
    lines = [say(en=f"Run folder: {run.folder}", ko=f"실행 폴더: {run.folder}")]
    ids = tracked(run)
    if ids is not None:
        lines.append(
            say(
                en=f"MLflow: run {ids['run_id']} in {ids['tracking_uri']}",
                ko=f"MLflow: {ids['tracking_uri']}의 실행 {ids['run_id']}",
            )
        )
    return "\n".join(lines)


def tracked(run: Run | SavedRun) -> dict[str, str] | None:
    """Where MLflow has the run: tracking_uri, experiment_id and run_id; None where it has it not, or not yet."""
    if isinstance(run, Run):
        return run.tracker.ids if run.tracker is not None else None
    return run.facts.get("mlflow")


def _asked(run: Run) -> Literal["", "stopping", "pausing"]:
    return "stopping" if run.control.stopping else "pausing" if run.control.pausing else ""
