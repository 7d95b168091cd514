from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading

import pytest

from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.library import RunFolder, claim, let_go, load_run, process_identity, release
from slm_widgets.library.process import _start_of
from slm_widgets.training import RunState
from tests.library.run_folders import all_files, make_folder, small_disk

GONE = {**process_identity(), "started": "earlier"}


@pytest.fixture
def another():
    """The identity of another process that lives."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield {**process_identity(), "pid": child.pid, "started": _start_of(child.pid)}
        child.communicate(b"\n")


@pytest.mark.parametrize("state", [RunState.STOPPED, RunState.FAILED, RunState.FINISHED])
def test_run_that_is_over_can_be_claimed_whoever_trained_it(another, state):
    path = make_folder(state=state, process=another, step=7).path
    folder = claim(path)
    assert folder.path == path
    assert folder.facts["process"] == process_identity()
    run = load_run(path)
    assert (run.state, run.facts["step"]) == (RunState.PENDING, 7)


@pytest.mark.parametrize("state", [RunState.PENDING, RunState.RUNNING, RunState.PAUSED])
def test_run_whose_process_is_gone_can_be_claimed_and_that_of_a_living_one_cannot(another, state):
    claim(make_folder(state=state, process=GONE).path)
    path = make_folder("b", state=state, process=another).path
    before = (path / "run.json").read_bytes()
    for language, sentence in (("en", "Stop it there"), ("ko", "다른 프로세스")):
        with use_language(language), pytest.raises(RunError, match=sentence) as caught:
            claim(path)
        assert str(another["pid"]) in caught.value.message
    assert (path / "run.json").read_bytes() == before


def test_run_that_this_program_trains_is_not_claimed_twice(tmp_path):
    path = make_folder(process=GONE).path
    claim(path)
    with pytest.raises(RunError, match="this very program"):
        claim(path)


def test_claim_that_led_to_nothing_can_be_undone(tmp_path):
    path = make_folder(process=GONE, state=RunState.RUNNING).path
    run = load_run(path)
    release(claim(path), run.facts)
    assert load_run(path).facts == run.facts
    assert load_run(path).state is RunState.FAILED
    claim(path)


def test_silent_run_of_another_machine_can_be_claimed_though_somebody_tried_before(tmp_path):
    folder = make_folder(process={**process_identity(), "host": "elsewhere"})
    with pytest.raises(RunError, match="elsewhere"):
        claim(folder.path)
    # Trying leaves a hidden file of this moment.
    for path in folder.path.iterdir():
        if not path.name.startswith("."):
            os.utime(path, (0, 0))
    claim(folder.path)


def test_what_is_no_run_is_not_claimed_and_stays_untouched(tmp_path):
    with pytest.raises(RunError, match="not the folder of a run"):
        claim(tmp_path)
    with pytest.raises(RunError, match="not the folder of a run"):
        RunFolder.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_opened_folder_goes_on_with_the_facts_that_were_there(tmp_path):
    made = make_folder(step=3, corpus="small")
    opened = RunFolder.open(made.path)
    opened.update(step=4)
    stored = json.loads((made.path / "run.json").read_text())
    assert (stored["step"], stored["corpus"], stored["name"]) == (4, "small", "a")
    opened.facts["step"] = 9  # a copy
    assert opened.facts["step"] == 4


def test_of_many_threads_one_claims(tmp_path):
    path = make_folder(process=GONE).path
    won, lost, ready = [], [], threading.Barrier(8)

    def try_it():
        ready.wait()
        try:
            won.append(claim(path))
        except RunError as error:
            lost.append(error)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 7)


# Both wait until the other is ready, and then take every folder in turn, as fast as they can.
_RIVAL = """
import sys, time
from pathlib import Path
from slm_widgets.errors import RunError
from slm_widgets.library import claim
place, me = Path(sys.argv[1]), sys.argv[2]
folders = sorted(place.glob("*/run.json"))
(place / f"ready-{me}").touch()
while len(list(place.glob("ready-*"))) < 2:
    time.sleep(0.001)
for number, path in enumerate(folders):
    while time.time() % 0.01 > 0.001:  # both at the next hundredth of a second
        pass
    try:
        claim(path.parent)
        print(number)
    except RunError:
        pass
print("end", flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_of_two_processes_one_claims(tmp_path):
    for _ in range(100):
        make_folder(process=GONE)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", _RIVAL, str(tmp_path / "runs")]
    rivals = [
        subprocess.Popen([*command, me], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        for me in "ab"
    ]
    won = [[int(line) for line in iter(rival.stdout.readline, "end\n")] for rival in rivals]
    # Neither ends before both are done: what a process that is gone has claimed may be claimed again.
    for rival in rivals:
        rival.communicate()
        assert rival.returncode == 0
    assert sorted(won[0] + won[1]) == list(range(100))
    assert won[0]
    assert won[1]


def test_run_whose_end_could_not_be_written_blames_no_process(tmp_path):
    folder = make_folder()
    let_go(folder)
    for language, sentence in (("en", "its end could not be written"), ("ko", "끝났다는 기록을 남기지 못했습니다")):
        with use_language(language):
            run = load_run(folder.path)
        assert run.state is RunState.FAILED
        assert sentence in str(run.error)
        assert str(os.getpid()) not in str(run.error)


def test_claim_that_a_full_disk_does_not_let_undo_can_be_made_again(tmp_path, monkeypatch):
    with small_disk(tmp_path / "disk", "64k") as disk:
        monkeypatch.setenv("SLM_RUNS", str(disk))
        before = load_run(make_folder(process=GONE).path)
        claimed = claim(before.folder)
        files = all_files(claimed.path)
        with contextlib.suppress(OSError), (disk / "hog").open("wb", buffering=0) as hog:
            while True:
                hog.write(bytes(4096))
        release(claimed, before.facts)
        assert all_files(claimed.path) == files
        (disk / "hog").unlink()
        assert load_run(claimed.path).state is RunState.FAILED
        claim(claimed.path)


def test_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    folder = make_folder(process=GONE)
    (folder.path / ".claim.lock").mkdir()
    with pytest.raises(RunError, match="cannot be written"):
        claim(folder.path)
