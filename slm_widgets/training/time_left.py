"""How long a training will still take."""

from __future__ import annotations

import math

from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Evaluation, Event, Progress, Sample, Step

# Writing a token of a sample takes so much of learning from a batch of one window, of a larger one less: between the same and
# the part of one window. Measured on six presets and batches of 1 to 32: half to twice of it.
_TOKEN = 0.4

_NOTHING, _EVALUATION, _SAMPLE = 0, 1, 2  # what lies between two steps; both of the last are their sum
_KINDS = {
    "evaluating": _EVALUATION,
    "sampling": _SAMPLE,
}  # what else is told of belongs to the beginning and does not come again


class TimeLeft:
    """Foresees the end of a training from its events.

    Steps are told apart by what lies between them and the step before: nothing, an evaluation, a sample, or both. How often
    each will still come is known from the settings, how long each takes from the last that were seen.

    Args:
        config: The training's settings.
        total_steps: How many steps it has at most; None where only ``max_minutes`` ends it.
    """

    def __init__(self, config: TrainConfig, total_steps: int | None) -> None:
        self._config, self._total = config, total_steps
        self._step = 0
        self._times = [_Recent() for _ in range(4)]  # of steps, by what lies before them
        self._since = _NOTHING  # what was heard of since the last step
        self._look_done = 0.0  # how much of what comes before the next step is done, 0 to 1
        self._is_first = True
        self._first_evaluation_s = math.inf
        self._eval_batches = config.eval_batches

    def hear(self, event: Event) -> None:
        """Takes note of an event."""
        if isinstance(event, Step):
            # The first one holds the beginning (libraries are loaded, things are chosen and compiled), or, where somebody
            # begins to listen later, what was not heard of.
            if not self._is_first:
                self._times[self._since].add(event.step_time_s)
            self._is_first = False
            self._step, self._since, self._look_done = event.step, _NOTHING, 0.0
        elif isinstance(event, Progress) and event.activity in _KINDS:
            kind = _KINDS[event.activity]
            if kind == _EVALUATION:
                self._eval_batches = event.total
            self._note(kind, event.step, event.done / event.total)
        elif isinstance(event, Evaluation):
            self._first_evaluation_s = min(self._first_evaluation_s, event.elapsed_s)
            self._note(_EVALUATION, event.step, 1.0)
        elif isinstance(event, Sample):
            self._note(_SAMPLE, event.step, 1.0)

    def seconds(self, elapsed_s: float) -> float | None:
        """How many seconds of training are left, pauses not counted; None while nobody can tell.

        Args:
            elapsed_s: How long it has trained (``Run.elapsed_s``), for a training that has ``max_minutes``.
        """
        pace_s = self._pace_s()
        by_steps_s = self._by_steps_s(pace_s)
        if self._config.max_minutes is None:
            return by_steps_s
        last_s = 0.0 if pace_s is None else self._extra_s(self._last_look, pace_s)
        by_clock_s = max(0.0, self._config.max_minutes * 60 - elapsed_s) + last_s
        return by_clock_s if by_steps_s is None else min(by_steps_s, by_clock_s)

    def _by_steps_s(self, pace_s: float | None) -> float | None:
        if self._total is None or pace_s is None:
            return None
        left_s = max(0, self._total - self._step) * pace_s
        left_s += self._extra_s(self._look_at(self._step), pace_s) * (1 - self._look_done)
        for kind, count in self._looks_to_come().items():
            left_s += count * self._extra_s(kind, pace_s)
        return left_s

    def _pace_s(self) -> float | None:
        """Seconds of a step with nothing before it, or the least that can be said of it where each has something."""
        plain = self._times[_NOTHING].mean
        return plain if plain is not None else min((t.mean for t in self._times if t.mean is not None), default=None)

    def _extra_s(self, kind: int, pace_s: float) -> float:
        """Seconds that an evaluation, a sample or both take."""
        if kind == _NOTHING:
            return 0.0
        seen_s = self._times[kind].mean
        if seen_s is not None:
            return max(0.0, seen_s - pace_s)
        config, both_s = self._config, self._times[_EVALUATION | _SAMPLE].mean
        most_s = math.inf if both_s is None else max(0.0, both_s - pace_s)
        batch_s = pace_s / config.grad_accumulation
        if kind == _SAMPLE:
            return min(config.sample_tokens * batch_s * _TOKEN / math.sqrt(config.batch_size), most_s)
        if kind == _EVALUATION:
            # A batch of it goes forward only, which is a third of the arithmetic of learning from one.
            return min(self._eval_batches * batch_s / 3, self._first_evaluation_s, most_s)
        return self._extra_s(_EVALUATION, pace_s) + self._extra_s(_SAMPLE, pace_s)

    def _looks_to_come(self) -> dict[int, int]:
        """How often an evaluation, a sample or both come after one of the next steps."""
        total = self._total
        if total is None or self._step >= total:
            return {}
        between = range(self._step + 1, total)  # after the last step comes the last look
        evaluations = _multiples(self._config.eval_every, between)
        samples = _multiples(self._config.sample_every, between)
        both = _multiples(math.lcm(self._config.eval_every, self._config.sample_every), between)
        looks = {_EVALUATION: evaluations - both, _SAMPLE: samples - both, _EVALUATION | _SAMPLE: both}
        looks[self._last_look] += 1
        return looks

    @property
    def _last_look(self) -> int:
        return _EVALUATION | (_SAMPLE if self._config.sample_every else _NOTHING)

    def _look_at(self, step: int) -> int:
        """What comes after a step."""
        if step == self._total:
            return self._last_look
        look = _EVALUATION if step % self._config.eval_every == 0 else _NOTHING
        if self._config.sample_every and step and step % self._config.sample_every == 0:
            look |= _SAMPLE
        return look

    def _note(self, kind: int, step: int, done: float) -> None:
        self._since |= kind
        parts = 2 if self._look_at(step) == _EVALUATION | _SAMPLE else 1
        self._look_done = done if parts == 1 else (done + (kind == _SAMPLE)) / 2


class _Recent:
    """The mean of the numbers so far, the later ones counting more: the n-th in proportion to n.

    Source: as the polynomial-decay averaging of Shamir and Zhang 2013 (arXiv 1212.1824), with eta = 1.
    """

    def __init__(self) -> None:
        self.mean: float | None = None
        self._count = 0
        self._first: list[float] = []

    def add(self, value: float) -> None:
        """Takes a number in."""
        self._count += 1
        if self.mean is not None and self._count > _BEGINNING:
            self.mean += 2 / (self._count + 1) * (value - self.mean)
            return
        # In the beginning something is compiled now and then, which does not come again.
        self._first.append(value)
        later = self._first[self._count // 2 :]
        usual = [time for time in later if time <= 4 * min(later)]
        self.mean = sum(usual) / len(usual)


_BEGINNING = 20  # so many numbers


def _multiples(number: int, between: range) -> int:
    """How many multiples of a number lie in a range; none of 0."""
    return (between.stop - 1) // number - (between.start - 1) // number if number and len(between) else 0
