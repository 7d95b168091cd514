from __future__ import annotations

import math
import os
import signal
import sys
import threading

import pytest

import slm_widgets as slm
from slm_widgets.errors import ConfigError, DivergedError, RunError
from slm_widgets.language import use_language
from slm_widgets.running import RunState
from slm_widgets.running.device_queue import places
from slm_widgets.running.queue import queue
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, start, until


def test_rate_that_is_found_trains_better_than_a_hundredth_and_a_hundred_times_of_it():
    found = slm.find_learning_rate(DESIGN, small_corpus(), "char", SETTINGS)
    assert found.tried[0].lr < found.suggestion < found.tried[-1].lr

    def loss(lr: float) -> float:
        settings = {**SETTINGS, "max_steps": 40, "schedule": "constant", "lr": lr}
        run = slm.train(DESIGN, small_corpus(), "char", settings, track=False)
        try:
            return run.wait().history["val_loss"][-1]
        except DivergedError:
            return math.inf

    best = loss(found.suggestion)
    assert best < loss(found.suggestion / 100)
    assert best < loss(min(1.0, found.suggestion * 100))
    assert f"{found.suggestion:g}" in repr(found)


def test_wrong_settings_are_refused_before_anything_is_tried():
    with pytest.raises(ConfigError):
        slm.find_learning_rate(DESIGN, small_corpus(), "char", {"batch_size": 0})


def test_a_paused_run_that_keeps_the_device_is_told_instead_of_waited_for():
    run = start(ENDLESS, name="mine")
    run.pause()
    until(lambda: run.state is RunState.PAUSED)
    with pytest.raises(RunError, match=r"'mine' is paused and keeps cpu: unpause\(\)"):
        slm.find_learning_rate(DESIGN, small_corpus(), "char", SETTINGS)
    assert [place.owner for _, place in places()] == [run]
    with use_language("en"):
        assert "is paused" not in repr(queue())  # nobody waits for it
        second = start(name="next")
        assert "'mine' is paused and keeps cpu" in repr(queue())
    with use_language("ko"):
        assert "'mine'이(가) 일시 정지한 채 cpu를" in repr(queue())
    run.unpause()
    until(lambda: run.state is RunState.RUNNING)
    with use_language("en"):
        assert "is paused" not in repr(queue())
    run.stop()
    run.wait()
    second.wait()


@pytest.mark.skipif(sys.platform == "win32", reason="sends signals as Unix does")
def test_an_interrupt_ends_the_waiting_for_a_device_and_leaves_the_queue():
    run = start(ENDLESS)
    until(lambda: run.step > 0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def interrupt():
        until(lambda: len(places()) == 2)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            slm.find_learning_rate(DESIGN, small_corpus(), "char", SETTINGS)
    finally:
        signal.signal(signal.SIGINT, before)
    thread.join()
    assert [place.owner for _, place in places()] == [run]
    run.stop()
    run.wait()


def test_too_few_steps_are_refused_before_anything_is_read():
    with pytest.raises(ConfigError, match="10 or more") as caught:
        slm.find_learning_rate("no-such-design", steps=9)
    assert caught.value.field == "steps"
