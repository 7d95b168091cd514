from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.library.run_folders import make_folder

pytestmark = [
    pytest.mark.trial,
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills children that it forks"),
]

# One process brings up torch once; its children save and are killed.
_BEGIN = """
import os, random, shutil, signal, sys, time
from pathlib import Path
import torch
torch.set_num_threads(1)
from slm_widgets.library import RunFolder, latest_whole, load_checkpoint, save_checkpoint
from tests.library.run_folders import marked, snapshot

folder = RunFolder.open(sys.argv[1])

def save(step, looked=True):
    save_checkpoint(folder, snapshot(step, looked=looked, val_loss=1 / step), marked(step), keep_best=1)

def check(least):
    found, _, damaged = latest_whole(folder.path)
    assert found is not None and not damaged, (found, damaged)
    assert found.step >= least, (found.step, least)
    model = marked(0)
    loaded = load_checkpoint(found.path, model)
    # Weights, tensors and facts of one and the same moment.
    assert loaded.step == loaded.facts["step"] == int(loaded.tensors["step"]) == int(model.weight[0, 0]) == found.step
    return found, loaded

def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
"""

_AT_RANDOM = """
dice = random.Random(int(sys.argv[2]))
step = 1
save(step)
left = 0
for _ in range(300):
    child = os.fork()
    if child == 0:
        while True:
            for number in (step, step, step + 1):  # some take the place of one of the same step
                save(number)
            step += 1
    time.sleep(dice.uniform(0.0, 0.06))
    os.kill(child, signal.SIGKILL)
    assert ended(child) == -signal.SIGKILL
    step = check(step)[0].step
    left += any(path.name.startswith(".") for path in folder.checkpoints.iterdir())
print(left)
"""

# Python tells a hook of every file that is opened, renamed or removed.
_AT_EVERY_STEP = """
watching, left_to_do = False, 0

def hook(event, arguments):
    global watching, left_to_do
    if watching and (event == "open" or event.startswith(("os.", "shutil."))):
        left_to_do -= 1
        if left_to_do < 0:
            watching = False
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(hook)
kept = folder.path.parent / "kept"
kills, seen = 0, set()
for replaced in (2, 3):  # the one of the last step, or none
    shutil.rmtree(folder.checkpoints, ignore_errors=True)
    save(1)
    save(2, looked=False)
    shutil.copytree(folder.checkpoints, kept)
    count, code = 0, None
    while code != 0:
        shutil.rmtree(folder.checkpoints)
        shutil.copytree(kept, folder.checkpoints)
        child = os.fork()
        if child == 0:
            watching, left_to_do = True, count
            save(replaced)
            os._exit(0)
        code = ended(child)
        assert code in (0, -signal.SIGKILL)
        found, loaded = check(2)
        seen.add((replaced, found.name, loaded.facts["looked"]))
        # Whatever it left, the next save makes good.
        save(replaced)
        for path in folder.checkpoints.iterdir():
            # One that was killed before it said who it was has not written anything large.
            assert path.name == f"step-0000000{replaced}" or not list(path.glob("*.safetensors")), path
        count += 1
        kills += code != 0
    shutil.rmtree(kept)
assert seen == {
    (2, "step-00000002", False), (2, "step-00000002.new", True), (2, "step-00000002", True),
    (3, "step-00000002", False), (3, "step-00000003", True),
}, seen
print(kills)
"""


def _kill(script, *arguments):
    """Runs one of the two, and returns what it counted."""
    done = subprocess.run(
        [sys.executable, "-c", _BEGIN + script, str(make_folder().path), *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "ignore"},
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize("seed", range(3))
def test_writer_killed_at_random_moments_leaves_a_folder_that_loads(tmp_path, seed):
    # Had no kill hit a save, there would have been nothing to survive.
    assert _kill(_AT_RANDOM, seed) > 0


def test_writer_killed_before_each_of_its_file_operations_leaves_a_folder_that_loads(tmp_path):
    assert _kill(_AT_EVERY_STEP) > 50
