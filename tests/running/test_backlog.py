from __future__ import annotations

from slm_widgets.running.backlog import MOST_STEPS, Backlog
from slm_widgets.running.pump import Pump
from slm_widgets.training import Evaluation, Event, Notice, Progress, Sample, Step


def step(number: int) -> Step:
    return Step(number, 1.0, 1e-3, 1.0, 1.0, 1.0)


def test_what_is_taken_is_what_was_added_in_its_order():
    events: list[Event] = [step(1), Notice("a"), Evaluation(1, 2.0, 0.1), step(2), Sample(2, "a", "ab")]
    backlog = Backlog()
    assert not backlog
    for event in events:
        backlog.add(event)
    assert backlog
    assert backlog.take() == events
    assert not backlog
    backlog.add(step(3))
    assert backlog.take() == [step(3)]


def test_only_the_newest_progress_waits_and_it_stands_where_it_came():
    backlog = Backlog()
    for event in (Progress(1, "sampling", 1, 3, "a"), step(2), Progress(2, "sampling", 2, 3, "ab"), Notice("x")):
        backlog.add(event)
    newest = Progress(3, "sampling", 1, 3, "b")
    assert backlog.take() == [step(2), Progress(2, "sampling", 2, 3, "ab"), Notice("x")]
    backlog.add(newest)
    assert backlog.take() == [newest]


def test_of_more_steps_than_anybody_looks_at_the_oldest_go_and_nothing_else_does():
    told: list[Event] = []
    pump = Pump(None, lambda sentence: None)
    pump.subscribe(told.extend, [Notice("from before")])
    count = 3 * MOST_STEPS
    for number in range(1, count + 1):
        pump.publish(step(number))
        if number % 10_000 == 1:
            pump.publish(Evaluation(number, 2.0, 0.1))
    pump.deliver()
    assert [event for event in told if not isinstance(event, Step)] == [
        Notice("from before"),
        *(Evaluation(number, 2.0, 0.1) for number in (1, 10_001, 20_001)),
    ]
    steps = [event.step for event in told if isinstance(event, Step)]
    assert steps == list(range(count - MOST_STEPS + 1, count + 1))
    assert told.index(step(20_001)) == told.index(Evaluation(20_001, 2.0, 0.1)) - 1
