"""How a training stands: a line with its state, a bar, and its numbers."""

from __future__ import annotations

import html
import math
from collections import deque
from collections.abc import Sequence

import ipywidgets

from slm_widgets.language import say
from slm_widgets.running import Run
from slm_widgets.training import Evaluation, Event, Progress, RunState, Step

_TONES = {
    RunState.PENDING: "slm-waiting",
    RunState.RUNNING: "slm-training",
    RunState.PAUSED: "slm-waiting",
    RunState.STOPPED: "slm-done",
    RunState.FAILED: "slm-failed",
    RunState.FINISHED: "slm-done",
}


class TrainingStatus:
    """Three widgets (``line``, ``bar``, ``facts``) fed with events; it keeps the few numbers that they show."""

    def __init__(self) -> None:
        self.line = ipywidgets.HTML()
        self.bar = ipywidgets.IntProgress(min=0, max=1)
        self.bar.add_class("slm-bar")
        self.facts = ipywidgets.HTML()
        self.start(0)

    def start(self, max_steps: int) -> None:
        """Begins anew."""
        self._step, self._max_steps = 0, max_steps
        self._recent: deque[Step] = deque(maxlen=30)
        self._val_loss: float | None = None
        self._doing = ""

    def hear(self, events: Sequence[Event]) -> None:
        """Takes note of some events."""
        for event in events:
            self._doing = ""
            if isinstance(event, Step):
                self._step = event.step
                self._recent.append(event)
            elif isinstance(event, Evaluation):
                self._val_loss = event.val_loss
            elif isinstance(event, Progress):
                self._doing = event.activity

    def show(self, state: RunState | None, is_preparing: bool) -> None:
        """Draws all three in the current language.

        Args:
            state: The run's, None before the first.
            is_preparing: Whether a text is being loaded for the next run.
        """
        if is_preparing:
            self._say(
                "slm-waiting", say(en="preparing", ko="준비 중"), say(en="reading the text", ko="글을 읽고 있습니다")
            )
        elif state is None:
            self._say("", say(en="ready", ko="준비됨"), say(en="press Train to begin", ko="학습을 누르면 시작합니다"))
        else:
            self._say(_TONES[state], state.label, self._explained(state))
        self.bar.max, self.bar.value = max(1, self._max_steps), self._step
        shown = None if self._max_steps and not is_preparing else "none"
        self.bar.layout.display = self.facts.layout.display = shown
        self.facts.value = '<div class="slm-facts">' + "".join(_fact(*fact) for fact in self._facts(state)) + "</div>"

    def _say(self, tone: str, word: str, more: str) -> None:
        self.line.value = (
            f'<div class="slm-state {tone}"><i></i><b>{html.escape(word)}</b>'
            f'<span class="slm-quiet">{html.escape(more)}</span></div>'
        )

    def _explained(self, state: RunState) -> str:
        if state is RunState.PENDING:
            return say(
                en="another training is using the processor; this one follows",
                ko="다른 학습이 끝나면 이어서 시작합니다",
            )
        if state is RunState.RUNNING and self._doing == "evaluating":
            return say(en="measuring the validation loss", ko="검증 손실을 재고 있습니다")
        if state is RunState.RUNNING and self._doing == "sampling":
            return say(en="writing a sample", ko="예문을 쓰고 있습니다")
        if state is RunState.STOPPED:
            return say(
                en=f"after step {self._step:,}; the model is kept",
                ko=f"{self._step:,}스텝에서 멈췄습니다. 모델은 남아 있습니다",
            )
        if state is RunState.FAILED:
            return say(en=f"after step {self._step:,}", ko=f"{self._step:,}스텝까지 진행했습니다")
        return ""

    def _facts(self, state: RunState | None) -> list[tuple[str, str]]:
        steps = list(self._recent)
        speed = sum(s.tokens_per_s for s in steps) / len(steps) if steps else None
        loss = sum(s.loss for s in steps[-10:]) / len(steps[-10:]) if steps else None
        facts = [
            (say(en="step", ko="스텝"), f"{self._step:,} / {self._max_steps:,}"),
            (say(en="training loss", ko="학습 손실"), _loss(loss)),
            (say(en="validation loss", ko="검증 손실"), _loss(self._val_loss)),
            (say(en="tokens per second", ko="초당 토큰"), "–" if speed is None else f"{speed:,.0f}"),
        ]
        if state is not None and not state.is_over:
            pace = sum(s.step_time_s for s in steps) / len(steps) if steps else None
            left = None if pace is None else pace * (self._max_steps - self._step)
            facts.append((say(en="time left", ko="남은 시간"), "–" if left is None else duration(left)))
        return facts


def duration(seconds: float) -> str:
    """A number of seconds as a person says it: 48 s, 3:05 min, 2:10 h."""
    whole = math.ceil(seconds)
    if whole < 60:
        return say(en=f"{whole} s", ko=f"{whole}초")
    if whole < 3600:
        return say(en=f"{whole // 60}:{whole % 60:02} min", ko=f"{whole // 60}분 {whole % 60}초")
    return say(en=f"{whole // 3600}:{whole % 3600 // 60:02} h", ko=f"{whole // 3600}시간 {whole % 3600 // 60}분")


def whereabouts(run: Run) -> str:
    """Where a run is kept: its folder, and MLflow once that is known."""
    lines = [say(en=f"Run folder: {run.folder}", ko=f"실행 폴더: {run.folder}")]
    ids = run.tracker.ids if run.tracker is not None else None
    if ids is not None:
        lines.append(
            say(
                en=f"MLflow: run {ids['run_id']} in {ids['tracking_uri']}",
                ko=f"MLflow: {ids['tracking_uri']}의 실행 {ids['run_id']}",
            )
        )
    return "\n".join(lines)


def _loss(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _fact(name: str, value: str) -> str:
    return f'<div class="slm-fact"><span>{html.escape(name)}</span><b>{html.escape(value)}</b></div>'
