"""The time left, on trainings whose whole course is known."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from slm_widgets.training import Evaluation, Event, Progress, Sample, Step, TrainConfig
from slm_widgets.training.time_left import TimeLeft

SETTINGS: dict[str, Any] = {"max_steps": 1000, "eval_every": 50, "eval_batches": 10, "sample_every": 0}


@dataclass
class Course:
    """A training that never took place: the events that it would have told, and when.

    Args:
        step_s: Seconds of the n-th step by itself.
        beginning_s: Seconds before the first step.
        events: What happened, each with the seconds of training at which it did.
    """

    config: TrainConfig
    step_s: Callable[[int], float]
    evaluation_s: float = 0.0
    sample_s: float = 0.0
    beginning_s: float = 0.0
    events: list[tuple[float, Event]] = field(default_factory=list)
    seconds_forgiven: float = 0.0

    def __post_init__(self) -> None:
        assert self.config.max_steps is not None
        clock, last_s, steps, step = self.beginning_s, 0.0, self.config.max_steps, 0
        limit_s = None if self.config.max_minutes is None else self.config.max_minutes * 60
        for step in range(steps + 1):
            if step:
                clock += self.step_s(step)
                self.events.append((clock, Step(step, 1.0, 1e-3, 1.0, 1000.0, clock - last_s)))
                last_s = clock
            is_last = step == steps or (limit_s is not None and clock >= limit_s)
            look = list(self._look(step, clock, is_last))
            self.events += look
            clock = look[-1][0] if look else clock
            if is_last:
                break
        self.steps = step
        self.seconds = clock
        self.seconds_forgiven = self.seconds_forgiven or clock / 100

    def _look(self, step: int, clock: float, is_last: bool) -> Iterator[tuple[float, Event]]:
        if step % self.config.eval_every == 0 or is_last:
            batches = self.config.eval_batches
            for done in range(1, batches + 1):
                clock += self.evaluation_s / batches
                yield clock, Progress(step, "evaluating", done, batches)
            yield clock, Evaluation(step, 1.0, clock)
        if self.config.sample_every and step and (step % self.config.sample_every == 0 or is_last):
            for done in (1, 2):
                clock += self.sample_s / 2
                yield clock, Progress(step, "sampling", done, 2, "ab")
            yield clock, Sample(step, "a", "b")

    def worst(self, from_step: int, joins_at: int = 0) -> float:
        """How far off the time left is at worst, as a share of the truth, from some step on.

        A little is forgiven, a hundredth of the whole time unless said otherwise: at the end the truth is next to nothing.
        """
        left = TimeLeft(self.config, self.config.max_steps)
        worst = 0.0
        for clock, event in self.events:
            if event.step < joins_at:  # type: ignore[union-attr]
                continue
            left.hear(event)
            if isinstance(event, Step) and event.step >= from_step:
                said, true = left.seconds(clock), self.seconds - clock
                assert said is not None
                worst = max(worst, (abs(said - true) - self.seconds_forgiven) / max(true, 1e-9))
        return worst


def test_even_steps_are_foreseen_exactly():
    course = Course(TrainConfig(**SETTINGS), lambda _: 0.05)
    left = TimeLeft(course.config, 1000)
    for clock, event in course.events:
        left.hear(event)
        if isinstance(event, Step) and event.step > 1:
            assert left.seconds(clock) == pytest.approx(course.seconds - clock, abs=1e-6)


def test_nothing_is_said_before_a_step_could_be_timed():
    left = TimeLeft(TrainConfig(**SETTINGS), 1000)
    assert left.seconds(0.0) is None
    left.hear(Step(1, 1.0, 1e-3, 1.0, 1000.0, 40.0))
    assert left.seconds(40.0) is None
    left.hear(Step(2, 1.0, 1e-3, 1.0, 1000.0, 0.05))
    assert left.seconds(40.05) == pytest.approx(998 * 0.05, rel=0.2)


@pytest.mark.parametrize("slow", [1, 2, 5])
@pytest.mark.parametrize("steps", [100, 1000])
def test_compiling_for_forty_seconds_is_not_taken_for_the_pace(slow, steps):
    config = TrainConfig(**{**SETTINGS, "max_steps": steps})
    course = Course(config, lambda step: 40.0 if step <= slow else 0.05)
    course.seconds_forgiven = 0.1
    assert course.worst(steps // 10) < 0.2


def test_single_late_compilation_is_not_taken_for_the_pace():
    course = Course(TrainConfig(**SETTINGS), lambda step: 40.0 if step in (1, 12) else 0.05)
    course.seconds_forgiven = 0.1
    assert course.worst(100) < 0.2


@pytest.mark.parametrize("change", [0.7, 1.4])
def test_steps_that_slowly_become_faster_or_slower(change):
    assert Course(TrainConfig(**SETTINGS), lambda step: 0.05 * (1 + (change - 1) * step / 1000)).worst(100) < 0.2


@pytest.mark.parametrize(
    ("eval_every", "sample_every"), [(50, 0), (50, 100), (30, 70), (100, 50), (1, 0), (1, 7), (7, 7)]
)
@pytest.mark.parametrize("evaluation_s", [0.2, 5.0, 60.0])
def test_evaluations_and_samples_that_take_longer_than_the_steps(eval_every, sample_every, evaluation_s):
    config = TrainConfig(**{**SETTINGS, "eval_every": eval_every, "sample_every": sample_every})
    assert Course(config, lambda _: 0.05, evaluation_s, sample_s=3.0).worst(101) < 0.2


@pytest.mark.parametrize(
    ("step_s", "batch_size", "sample_s"),
    # Measured on two cores: gpt2-nano, shakespeare-char-cpu, shakespeare-fast, llama-nano; the last with a batch of four.
    [(0.0233, 32, 0.177), (0.0424, 12, 0.343), (0.103, 24, 0.709), (0.0266, 32, 0.391), (0.0056, 4, 0.163)],
)
def test_samples_are_foreseen_before_the_first(step_s, batch_size, sample_s):
    settings = {"max_steps": 500, "eval_every": 1000, "eval_batches": 1, "sample_every": 100, "sample_tokens": 120}
    config = TrainConfig(**settings, batch_size=batch_size)
    assert Course(config, lambda _: step_s, evaluation_s=step_s / 3, sample_s=sample_s).worst(50) < 0.2


def test_first_evaluation_while_things_are_compiled_is_not_taken_for_the_others():
    config = TrainConfig(**{**SETTINGS, "eval_every": 500})
    # Ten batches forward only, as an evaluation is: a third of ten steps.
    course = Course(config, lambda _: 0.05, evaluation_s=10 * 0.05 / 3, beginning_s=60.0)
    course.seconds_forgiven = 0.1
    assert course.worst(100) < 0.2


def test_last_evaluation_counts_down_while_it_goes_on():
    config = TrainConfig(**{**SETTINGS, "max_steps": 100})
    course = Course(config, lambda _: 0.05, evaluation_s=30.0)
    left, said = TimeLeft(config, 100), []
    for clock, event in course.events:
        left.hear(event)
        if event.step == 100:  # type: ignore[union-attr]
            said.append((left.seconds(clock), course.seconds - clock))
    assert len(said) == 12  # the step, ten batches, the evaluation
    for seconds, true in said:
        assert seconds == pytest.approx(true, abs=0.5)


@pytest.mark.parametrize("activity", ["measuring", "compiling"])
def test_what_is_measured_and_compiled_is_not_taken_for_a_sample(activity):
    """A resumed run compiles in its middle, and that step takes long."""
    course = Course(
        TrainConfig(**{**SETTINGS, "sample_every": 100}),
        lambda step: 40.0 if step == 301 else 0.05,
        evaluation_s=2.0,
        sample_s=1.0,
    )
    course.seconds_forgiven = 0.1
    begins = next(i for i, (_, event) in enumerate(course.events) if isinstance(event, Step) and event.step == 301)
    course.events.insert(begins, (course.events[begins - 1][0], Progress(300, activity, 0, 1)))
    assert course.worst(302) < 0.2
    left, also = TimeLeft(course.config, 1000), TimeLeft(course.config, 1000)
    for clock, event in course.events:
        left.hear(event)
        if not (isinstance(event, Progress) and event.activity == activity):
            also.hear(event)
        assert left.seconds(clock) == also.seconds(clock)


@pytest.mark.parametrize("joins_at", [40, 301, 500])
def test_who_begins_to_listen_later_is_told_the_same(joins_at):
    config = TrainConfig(**{**SETTINGS, "sample_every": 100})
    course = Course(config, lambda _: 0.05, evaluation_s=2.0, sample_s=1.0, beginning_s=20.0)
    assert course.worst(joins_at + 110, joins_at) < 0.2


def test_minutes_end_it_where_they_are_shorter():
    config = TrainConfig(**{**SETTINGS, "max_minutes": 0.5})
    course = Course(config, lambda _: 0.05, evaluation_s=1.0)
    assert course.steps < 1000
    assert course.worst(course.steps // 10) < 0.2


def test_steps_end_it_where_the_minutes_are_longer():
    config = TrainConfig(**{**SETTINGS, "max_minutes": 500.0})
    assert Course(config, lambda _: 0.05, evaluation_s=1.0).worst(100) < 0.2


def test_minutes_are_enough_to_tell_where_there_are_no_steps_to_count():
    config = TrainConfig(**{**SETTINGS, "max_steps": None, "max_minutes": 1.0})
    left = TimeLeft(config, None)
    assert left.seconds(12.0) == 48.0
    assert left.seconds(100.0) == 0.0


@settings(max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(
    steps=st.integers(100, 500),
    eval_share=st.floats(0.01, 0.09),
    samples=st.integers(0, 3),
    step_s=st.floats(0.001, 2.0),
    evaluation=st.floats(0.0, 30.0),
    sample=st.floats(0.0, 30.0),
    beginning_s=st.floats(0.0, 5.0),
    noise=st.floats(0.0, 0.3),
    seed=st.integers(0, 1000),
)
def test_any_training_is_foreseen_within_a_fifth_after_its_first_tenth(
    steps, eval_share, samples, step_s, evaluation, sample, beginning_s, noise, seed
):
    eval_every = max(1, int(eval_share * steps))
    config = TrainConfig(max_steps=steps, eval_every=eval_every, sample_every=eval_every * samples)
    dice = random.Random(seed)
    times = [step_s * dice.uniform(1 - noise, 1 + noise) for _ in range(steps + 1)]
    course = Course(config, times.__getitem__, evaluation * step_s, sample * step_s, beginning_s * step_s)
    seen = 2 + eval_every * max(1, samples)  # one of each
    assert course.worst(max(steps // 10, seen)) < 0.2
