from __future__ import annotations

import random
import threading

import pytest
import torch

import slm_widgets as slm
from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.running import RunState
from slm_widgets.running.device_queue import MOST_AT_ONCE, Place, places
from slm_widgets.running.queue import queue
from tests.small_runs import ENDLESS, SETTINGS, start, until


def order(device: str) -> list[tuple[int, object]]:
    return [(position, place.owner) for position, place in places() if place.device == device]


def test_who_waits_can_be_moved_and_the_others_keep_their_order():
    a, b, c, d = (Place("moved", name) for name in "abcd")
    assert order("moved") == [(0, "a"), (1, "b"), (2, "c"), (3, "d")]
    assert d.move_to(1)
    assert order("moved") == [(0, "a"), (1, "d"), (2, "b"), (3, "c")]
    assert d.move_to(99)
    assert b.move_by(1)
    assert c.move_by(-5)
    assert order("moved") == [(0, "a"), (1, "c"), (2, "b"), (3, "d")]
    assert not a.move_to(2)  # it has its turn, and nobody takes it away
    a.leave()
    assert (a.position, c.position) == (None, 0)
    assert not a.move_by(1)
    for place in (b, c, d):
        place.leave()
        place.leave()
    assert order("moved") == []


def test_two_that_share_have_their_turn_together_and_a_third_waits():
    a, b, c = (Place("cpu", name, share=True) for name in "abc")
    assert [a.position, b.position, c.position] == [0, 0, 1]
    a.leave()
    assert c.position == 0
    b.leave()
    c.leave()


def test_a_graphics_processor_is_never_shared():
    a, b = Place("cuda", share=True), Place("cuda", share=True)
    assert (a.position, b.position, b.shares) == (0, 1, False)
    a.leave()
    b.leave()


def test_one_that_trains_alone_is_not_overtaken_by_those_that_share():
    """Else it would wait for ever in a room where somebody always begins another shared run."""
    first = Place("cpu", share=True)
    alone = Place("cpu")
    sharing = [Place("cpu", share=True) for _ in range(3)]
    assert (first.position, alone.position) == (0, 1)
    first.leave()
    assert (alone.position, [place.position for place in sharing]) == (0, [1, 2, 3])
    alone.leave()
    assert [place.position for place in sharing] == [0, 0, 1]
    for place in sharing:
        place.leave()


def test_one_that_shares_begins_when_it_is_moved_before_one_that_does_not():
    first, alone, sharing = Place("cpu", share=True), Place("cpu"), Place("cpu", share=True)
    assert sharing.position == 2
    sharing.move_to(1)
    assert (sharing.position, alone.position) == (0, 1)
    for place in (first, alone, sharing):
        place.leave()


def test_waiting_can_be_given_up_and_says_so():
    first, second = Place("given up"), Place("given up")
    stopping = threading.Event()
    turns = []

    def wait():
        with second.turn(stopping.is_set) as its_turn:
            turns.append(its_turn)

    thread = threading.Thread(target=wait)
    thread.start()
    stopping.set()
    second.look.set()
    thread.join(60)
    assert turns == [False]
    assert order("given up") == [(0, None)]
    first.leave()


def test_a_place_is_given_back_when_its_turn_ends_in_an_error():
    first, second = Place("error"), Place("error")
    with pytest.raises(ZeroDivisionError), first.turn(lambda: False):
        _ = 1 / 0
    assert second.position == 0
    second.leave()


@pytest.mark.parametrize("seed", range(5))
def test_under_a_hail_of_moves_nobody_is_lost_and_only_those_that_share_meet(seed):
    dice = random.Random(seed)
    inside: list[Place] = []
    watch = threading.Lock()
    faults: list[str] = []
    done: list[Place] = []
    here = [Place("cpu", number, share=dice.random() < 0.5) for number in range(40)]
    quits = {place for place in here if dice.random() < 0.2}
    naps = {place: dice.random() / 500 for place in here}
    over = threading.Event()

    def train(place: Place) -> None:
        with place.turn(lambda: place in quits) as its_turn:
            if its_turn:
                with watch:
                    inside.append(place)
                    if len(inside) > MOST_AT_ONCE or (len(inside) > 1 and not all(p.shares for p in inside)):
                        faults.append(f"{[p.owner for p in inside]} train together")
                threading.Event().wait(naps[place])
                with watch:
                    inside.remove(place)
        done.append(place)

    def meddle(dice: random.Random) -> None:
        while not over.is_set():
            place = dice.choice(here)
            place.move_to(dice.randrange(-3, 50)) if dice.random() < 0.5 else place.move_by(dice.randrange(-5, 5))
            seen = [position for position, other in places() if other.device == "cpu"]
            waiting = [position for position in seen if position]
            if waiting != list(range(1, len(waiting) + 1)) or seen.count(0) > MOST_AT_ONCE:
                faults.append(f"positions {seen}")

    meddlers = [threading.Thread(target=meddle, args=(random.Random(seed + n),)) for n in range(3)]
    trainers = [threading.Thread(target=train, args=(place,)) for place in here]
    for thread in [*meddlers, *trainers]:
        thread.start()
    for thread in trainers:
        thread.join(60)
    over.set()
    for thread in meddlers:
        thread.join(60)
    assert faults == []
    assert len(done) == len(here)
    assert order("cpu") == []


def test_a_hail_of_leaving_and_coming_keeps_the_order_of_those_that_stay():
    """Without moves, whoever came first begins first, whatever happens around them."""
    begun: list[int] = []
    here = [Place("kept order", number) for number in range(30)]
    quits = set(here[3::4])

    def train(place: Place) -> None:
        with place.turn(lambda: place in quits) as its_turn:
            if its_turn and place not in quits:
                begun.append(place.owner)

    threads = [threading.Thread(target=train, args=(place,)) for place in reversed(here)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert begun == [place.owner for place in here if place not in quits]


# -- runs ---------------------------------------------------------------------------------------------------------------


def test_runs_can_be_seen_moved_and_cancelled_while_they_wait():
    first, second, third, fourth = start(ENDLESS, name="first"), start(name="second"), start(name="third"), start()
    until(lambda: first.time_left_s is not None)
    assert [run.position for run in (first, second, third, fourth)] == [0, 1, 2, 3]
    third.move_to(1)
    fourth.move_up()
    third.move_down()
    assert [run.position for run in (fourth, third, second)] == [1, 2, 3]
    with use_language("en"):
        seen = queue()
        text = repr(seen)
    assert [(entry.device, entry.position, entry.run) for entry in seen] == [
        *(("cpu", 0, first), ("cpu", 1, fourth), ("cpu", 2, third), ("cpu", 3, second))
    ]
    assert [entry.name for entry in seen] == ["first", "small", "third", "second"]
    assert seen[0].time_left_s > 0
    assert seen[1].time_left_s is None
    assert "training" in text.splitlines()[1]
    assert "waiting" in text.splitlines()[4]
    with pytest.raises(RunError, match="'first' does not wait any more"):
        first.move_to(2)
    with pytest.raises(RunError, match="from 1"):
        third.move_to(0)
    third.stop()
    assert third.wait().state is RunState.STOPPED
    assert (third.position, second.position) == (None, 2)
    first.stop()
    for run in (first, fourth, second):
        run.wait()
    assert fourth.state is second.state is RunState.FINISHED
    assert len(queue()) == 0
    with use_language("ko"):
        assert "실행이 없습니다" in repr(queue())


def test_two_runs_that_share_train_at_the_same_time_and_a_third_does_not():
    first, second = start(ENDLESS, share=True), start(ENDLESS, share=True)
    alone = start(SETTINGS)
    until(lambda: first.step >= 1 and second.step >= 1)
    assert first.state is second.state is RunState.RUNNING
    assert alone.state is RunState.PENDING
    step = first.step, second.step
    until(lambda: first.step > step[0] and second.step > step[1])
    first.stop()
    first.wait()
    assert alone.state is RunState.PENDING
    second.stop()
    assert alone.wait().state is RunState.FINISHED
    second.wait()


def test_runs_that_share_compute_with_half_of_the_threads():
    before = torch.get_num_threads()
    counts = []
    torch.set_num_threads(4)
    try:
        for share in (True, False):
            run = start(share=share)
            run.subscribe(lambda events: None)
            run.wait()
            counts.append((run.plan.threads, slm.load_run(run.folder).facts["threads"]))
        assert torch.get_num_threads() == 4
    finally:
        torch.set_num_threads(before)
    assert counts == [(2, 2), (4, 4)]
