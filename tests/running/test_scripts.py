"""Runs in programs of their own: what happens when one ends, is interrupted or killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import slm_widgets as slm
from slm_widgets.running import RunState
from tests.small_runs import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(tmp_path):
    """Starts a program; it finds the package and ``tests`` as this one does."""
    programs = []

    def begin(text):
        path = tmp_path / "program.py"
        path.write_text("from tests.small_runs import *\n" + text)
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"}
        program = subprocess.Popen(
            [sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        programs.append(program)
        return program

    yield begin
    for program in programs:
        program.kill()
        program.communicate()


def folder_of(tmp_path):
    found = []

    def is_training():
        found[:] = [path for path in (tmp_path / "runs").glob("*") if (path / "metrics.jsonl").exists()]
        return bool(found) and (found[0] / "metrics.jsonl").stat().st_size > 0

    until(is_training)
    return found[0]


def test_killed_program_leaves_a_run_that_reads_failed(script, tmp_path):
    program = script("start(ENDLESS).wait()")
    folder = folder_of(tmp_path)
    until(lambda: slm.load_run(folder).step >= 1)
    assert slm.load_run(folder).state is RunState.RUNNING
    program.send_signal(signal.SIGKILL)
    program.wait()
    run = slm.load_run(folder)
    assert run.state is RunState.FAILED
    assert run.step >= 1
    with pytest.raises(slm.errors.RunError, match="no weights"):
        _ = run.model


def test_interrupt_while_waiting_stops_keeps_the_model_and_goes_on(script, tmp_path):
    program = script("run = start(ENDLESS).wait()\nprint('after', run.state, run.model is not None)")
    folder = folder_of(tmp_path)
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0, err
    assert "Traceback" not in err
    assert "Stopped after step" in out
    assert "after STOPPED True" in out
    run = slm.load_run(folder)
    assert run.state is RunState.STOPPED
    assert run.model is not None


def test_program_that_ends_without_waiting_keeps_the_model_and_says_so(script, tmp_path):
    program = script("run = start(ENDLESS)\nuntil(lambda: run.step > 2)")
    out, err = program.communicate(timeout=60)
    assert program.returncode == 0
    assert "run.wait()" in err
    assert out == ""
    run = slm.load_run(folder_of(tmp_path))
    assert run.state is RunState.STOPPED
    assert run.model is not None


def test_program_that_fails_elsewhere_keeps_the_model(script, tmp_path):
    program = script("run = start(ENDLESS)\nuntil(lambda: run.step > 2)\n1 / 0")
    _, err = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "ZeroDivisionError" in err
    assert slm.load_run(folder_of(tmp_path)).state is RunState.STOPPED


def test_program_of_asyncio_awaits_and_is_told_meanwhile(script):
    program = script(
        "import asyncio\n"
        "async def main():\n"
        "    run = start()\n"
        "    told = []\n"
        "    run.subscribe(told.extend)\n"
        "    assert await run is run\n"
        "    print(run.state, told[-1].state, len(told) > 3)\n"
        "asyncio.run(main())\n"
    )
    out, err = program.communicate(timeout=60)
    assert out == "FINISHED FINISHED True\n", err


def test_cancelled_await_stops_the_run_and_is_cancelled(script):
    program = script(
        "import asyncio\n"
        "async def main():\n"
        "    run = start(ENDLESS)\n"
        "    async def wait(): return await run\n"
        "    task = asyncio.create_task(wait())\n"
        "    while run.step < 2: await asyncio.sleep(0.01)\n"
        "    task.cancel()\n"
        "    try: await task\n"
        "    except asyncio.CancelledError: print(run.state, run.model is not None, task.cancelled())\n"
        "asyncio.run(main())\n"
    )
    out, err = program.communicate(timeout=60)
    assert out.splitlines()[-1:] == ["STOPPED True True"], err
    assert "Stopped after step" in out


def test_limit_on_an_await_stops_the_run_and_is_an_error(script):
    program = script(
        "import asyncio\n"
        "async def main():\n"
        "    run = start(ENDLESS)\n"
        "    try: await asyncio.wait_for(run, 0.5)\n"
        "    except TimeoutError: print(run.state)\n"
        "asyncio.run(main())\n"
    )
    out, err = program.communicate(timeout=60)
    assert out.splitlines()[-1:] == ["STOPPED"], err


def test_watchers_are_told_live_in_a_second_loop(script):
    program = script(
        "import asyncio\n"
        "told = []\n"
        "async def first():\n"
        "    run = start(ENDLESS)\n"
        "    run.subscribe(told.extend)\n"
        "    while run.step < 3: await asyncio.sleep(0.01)\n"
        "    return run\n"
        "async def second():\n"
        "    told.clear()\n"
        "    waits = asyncio.ensure_future(run)\n"
        "    for _ in range(1000):\n"
        "        if told: break\n"
        "        await asyncio.sleep(0.01)\n"
        "    print(bool(told), run.state)\n"
        "    run.stop()\n"
        "    await waits\n"
        "run = asyncio.run(first())\n"
        "asyncio.run(second())\n"
    )
    out, err = program.communicate(timeout=60)
    assert out == "True RUNNING\n", err
