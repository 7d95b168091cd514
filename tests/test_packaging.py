"""What pip builds from a clean checkout: the bundle and the lessons are in it, also where the machine has no Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def clean_checkout(folder: Path) -> Path:
    """The tracked files, with nothing built, and with what a run of a lesson leaves behind."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    left = folder / "notebooks" / "course" / "slm_runs" / "a-run"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"private")
    return folder


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs a git checkout to know which files are ours")
def test_a_wheel_built_without_node_carries_the_bundle_and_the_lessons(tmp_path):
    source = clean_checkout(tmp_path / "source")
    # Only what git, Python and the shell need; no node, no npm.
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "git", "env"):
        if (path := shutil.which(name)) is not None:
            (tools / name).symlink_to(path)
    environment = {**os.environ, "PATH": str(tools)}
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert sizes["slm_widgets/static/graph_editor.js"] > 100_000
    assert sizes["slm_widgets/static/graph_editor.css"] > 1_000
    lessons = {path.name for path in (ROOT / "notebooks" / "course").glob("*.ipynb")}
    assert {Path(n).name for n in sizes if n.startswith("slm_widgets/course/")} == lessons
    assert not [name for name in sizes if "slm_runs" in name or name.startswith(("tests/", "js/", "notebooks/"))]
