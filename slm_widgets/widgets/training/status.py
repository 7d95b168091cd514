"""How a training stands: a line with its state, a bar, and its numbers."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import ipywidgets

from slm_widgets.language import Text, say
from slm_widgets.training import Event, Progress, RunState
from slm_widgets.widgets.training.meanings import Fact, explain_numbers, fact
from slm_widgets.widgets.training.numbers import Numbers, duration

_TONES = {
    RunState.PENDING: "slm-waiting",
    RunState.RUNNING: "slm-training",
    RunState.PAUSED: "slm-waiting",
    RunState.STOPPED: "slm-done",
    RunState.FAILED: "slm-failed",
    RunState.FINISHED: "slm-done",
}

_DOING = {
    "evaluating": Text(en="measuring the validation loss", ko="검증 손실을 재고 있습니다"),
    "sampling": Text(en="writing a sample", ko="예문을 쓰고 있습니다"),
    "measuring": Text(en="measuring what is fastest here", ko="여기서 무엇이 가장 빠른지 재고 있습니다"),
    "compiling": Text(
        en="compiling: up to a minute, Stop works afterwards",
        ko="모델을 컴파일하고 있습니다. 1분쯤 걸리며, 멈춤은 그 뒤에 됩니다",
    ),
    "stopping": Text(en="stopping after this step", ko="이 스텝까지 하고 멈춥니다"),
    "pausing": Text(en="pausing after this step", ko="이 스텝까지 하고 일시 정지합니다"),
    "pausing compiling": Text(
        en="pausing once the model is compiled, which takes up to a minute",
        ko="컴파일이 끝나는 대로 일시 정지합니다. 1분쯤 걸립니다",
    ),
    "stopping compiling": Text(
        en="stopping once the model is compiled, which takes up to a minute",
        ko="컴파일이 끝나는 대로 멈춥니다. 1분쯤 걸립니다",
    ),
}


class TrainingStatus:
    """Four widgets (``line``, ``bar``, ``facts``, ``meanings``) fed with events or with the history of a run; it keeps what they show."""

    def __init__(self) -> None:
        self.line = ipywidgets.HTML()
        self.bar = ipywidgets.IntProgress(min=0, max=1)
        self.bar.add_class("slm-bar")
        self.facts = ipywidgets.HTML()
        self.meanings = ipywidgets.HTML()
        self.start(0)

    def start(self, max_steps: int | None) -> None:
        """Begins anew.

        Args:
            max_steps: How many steps there will be; None where only the clock ends the training, 0 where there is none.
        """
        self._numbers = Numbers()
        self._max_steps = max_steps
        self._doing = ""

    def hear(self, events: Sequence[Event]) -> None:
        """Takes note of some events."""
        self._numbers.hear(events)
        for event in events:
            self._doing = event.activity if isinstance(event, Progress) else ""

    def read(self, history: Mapping[str, Sequence[float]]) -> None:
        """Takes the newest numbers of a ``run.history``."""
        self._numbers.read(history)

    def prepare(self, doing: str) -> None:
        """Says that something is being done before there is a run."""
        self._say("slm-waiting", say(en="preparing", ko="준비 중"), doing)
        self._hide(True)

    def show(
        self,
        state: RunState | None,
        *,
        asked: Literal["", "stopping", "pausing"] = "",
        passed_s: float | None = None,
        left_s: float | None = None,
        name: str = "",
        ended_early: str = "",
    ) -> None:
        """Draws all four in the current language.

        Args:
            state: The run's, None before the first.
            asked: What somebody has asked it to do.
            passed_s: Seconds of training so far, where they are known.
            left_s: Seconds that it will still take, where they are known.
            name: Which run it is, where it is not the one that this panel began.
            ended_early: Why it finished before its steps were done, as a sentence.
        """
        if state is None:
            self._say("", say(en="ready", ko="준비됨"), say(en="press Train to begin", ko="학습을 누르면 시작합니다"))
        else:
            more = ended_early or self._explained(state, asked)
            self._say(_TONES[state], state.label, " · ".join(filter(None, (name, more))))
        is_empty = self._max_steps == 0
        self._hide(is_empty)
        self._fill_bar(passed_s, left_s)
        if not is_empty:
            of = f" / {self._max_steps:,}" if self._max_steps else ""
            main = [fact("step", f"{self._numbers.step:,}{of}"), *self._numbers.main()]
            main += _times(state, passed_s, left_s)
            further = self._numbers.further()
            self.facts.value = _main(main) + _further(further)
            self.meanings.value = explain_numbers([*main, *further])

    def _fill_bar(self, passed_s: float | None, left_s: float | None) -> None:
        if self._max_steps is not None:
            self.bar.max = max(1, self._max_steps)
            self.bar.value = min(self._numbers.step, self.bar.max)
        elif passed_s is not None and left_s is not None:
            self.bar.max, self.bar.value = 1000, round(1000 * passed_s / max(1e-9, passed_s + left_s))

    def _hide(self, hidden: bool) -> None:
        for part in (self.bar, self.facts, self.meanings):
            part.layout.display = "none" if hidden else None

    def _say(self, tone: str, word: str, more: str) -> None:
        words = f"<b>{html.escape(word)}</b>" + (f'<span class="slm-quiet">{html.escape(more)}</span>' if more else "")
        self.line.value = f'<div class="slm-state {tone}" role="status"><i></i>{words}</div>'

    def _explained(self, state: RunState, asked: str) -> str:
        step = self._numbers.step
        if state is RunState.PENDING and asked == "stopping":
            return say(en="leaving the queue", ko="대기열에서 나가고 있습니다")
        if state is RunState.PENDING:
            return say(
                en="another training goes on; this one begins after it",
                ko="다른 학습이 끝나면 시작합니다",
            )
        if state is RunState.RUNNING:
            is_compiling = asked and self._doing == "compiling"
            return str(_DOING.get(f"{asked} compiling" if is_compiling else asked or self._doing, ""))
        if state is RunState.STOPPED and not step:
            return say(en="before its first step", ko="첫 스텝을 하기 전에 멈췄습니다")
        if state is RunState.STOPPED:
            return say(
                en=f"after step {step:,}; the model is kept",
                ko=f"{step:,}스텝에서 멈췄습니다. 모델은 남아 있습니다",
            )
        if state is RunState.FAILED:
            return say(en=f"after step {step:,}", ko=f"{step:,}스텝까지 진행했습니다")
        return ""


def _times(state: RunState | None, passed_s: float | None, left_s: float | None) -> list[Fact]:
    times = [fact("time", "–" if passed_s is None else duration(passed_s))]
    if state is not None and state.is_active:
        times.append(fact("time_left", "–" if left_s is None else duration(left_s)))
    return times


def _main(facts: Iterable[Fact]) -> str:
    return '<div class="slm-facts">' + "".join(_shown("slm-fact", each) for each in facts) + "</div>"


def _further(facts: Sequence[Fact]) -> str:
    if not facts:
        return ""
    return '<div class="slm-numbers">' + "".join(_shown("slm-number", each) for each in facts) + "</div>"


def _shown(kind: str, each: Fact) -> str:
    name, value, meaning = map(html.escape, each)
    return f'<div class="{kind}" title="{meaning}"><span>{name}</span><b>{value}</b></div>'
