"""A copy of the program (``os.fork``) while a run trains."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from slm_widgets.running import device_queue
from slm_widgets.running.device_queue import Place, places

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot copy a program")


def test_a_copy_knows_no_places_and_can_take_one_though_the_lock_was_held():
    place = Place("forked")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking where there are threads, which is the point
        with device_queue._lock:
            child = os.fork()
            if child == 0:
                signal.alarm(60)  # ends a child that waits for a lock
                is_alone = not places() and Place("forked").position == 0
                os._exit(0 if is_alone else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert place.position == 0
    place.leave()


FORKS = """
import os, sys
from slm_widgets.running import active_runs
from tests.small_runs import ENDLESS, start, until

run = start(ENDLESS)
until(lambda: run.step > 0)
child = os.fork()
if child == 0:
    # What would be waited for and told of at exit, by the real hooks; the exit itself would take a minute if this failed.
    print("child", len(active_runs.list_active()), flush=True)
    sys.exit(0 if not active_runs.list_active() else os._exit(1))
print("ended", os.waitpid(child, 0)[1], flush=True)
run.stop()
run.wait()
print(run.state)
"""


def test_a_copy_ends_without_a_word_and_the_run_goes_on():
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.split("\n") == ["child 0", "ended 0", "STOPPED", ""], done.stdout + done.stderr
    assert done.stderr == ""
