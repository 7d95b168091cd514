"""Small virtual environments with other versions, which borrow torch from the one that runs the tests.

torch alone is hundreds of megabytes; installed once, it serves every environment. Only what is named is borrowed, with what
that needs: nothing else of the running environment can be imported there.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import venv
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path

from filelock import FileLock  # torch needs it, so it is there
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache" / "environments"

# What slm_widgets needs to train, without what it needs to show anything or to talk to MLflow.
TRAINING = ("torch", "numpy", "psutil", "pydantic", "safetensors", "tiktoken")
# With the widgets: the formulas of their palette.
WIDGETS = (*TRAINING, "latex2mathml")
# With the figure of the training panel; of what it requires, the versions that are pinned win.
PANEL = (*WIDGETS, "bqplot")

# What Colab ran in August 2026, as far as a notebook and our widgets meet it; it has neither MLflow nor ipycytoscape.
COLAB = (
    "ipykernel==6.17.1",
    "ipython==7.34.0",
    "ipywidgets==7.7.1",
    "jupyterlab_widgets==1.1.11",
    "traitlets==5.7.1",
    "widgetsnbextension==3.6.10",
)
# A page that shows it: the last JupyterLab and Notebook for ipywidgets 7, and the libraries behind our widgets.
COLAB_IN_A_PAGE = (
    *COLAB,
    "anywidget==0.9.21",
    "bqplot==0.12.47",
    "jupyterlab==3.6.8",
    "notebook==6.5.7",
    "numpy==2.1.3",
    "pandas==2.2.3",
)

_FORMAT = 1  # another number builds all of them anew


def light_environment(name: str, pins: Sequence[str], borrow: Sequence[str] = TRAINING) -> Path:
    """Makes a virtual environment, or finds the one that was made before with the same arguments.

    Args:
        name: A part of its folder's name, for people.
        pins: Requirements to install, as pip takes them; ``ipykernel==6.17.1``. These win over what is borrowed.
        borrow: Distributions of the running interpreter, linked with all that they require.

    Returns:
        Its Python. ``slm_widgets`` can be imported there, from these sources.
    """
    borrowed = _with_requirements(borrow)
    key = [_FORMAT, sys.version, sorted(pins), sorted((d.name, d.version) for d in borrowed)]
    folder = CACHE / f"{name}-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        if not (folder / "ready").exists():
            venv.create(folder, clear=True, with_pip=False, symlinks=True)
            _install(python, pins)
            _lend(folder, borrowed)
            (folder / "ready").touch()
    return python


def _install(python: Path, pins: Sequence[str]) -> None:
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    result = subprocess.run(
        [*pip, "install", "--quiet", "--only-binary", ":all:", *pins], capture_output=True, text=True, check=False
    )
    if result.returncode:
        raise RuntimeError(f"pip could not install {' '.join(pins)}:\n{result.stderr}")


def _lend(folder: Path, borrowed: Iterable[Distribution]) -> None:
    """Links each module, folder of libraries and metadata of the distributions into a folder that comes last on the path."""
    shelf = folder / "borrowed"
    shelf.mkdir()
    for lent in borrowed:
        for entry in _top_level(lent):
            (shelf / entry.name).symlink_to(entry)
    (shelf / "slm_widgets").symlink_to(ROOT / "slm_widgets")
    site_packages = next((folder / "lib").glob("python*/site-packages"))
    # A .pth file's line is appended: what pip installed here wins.
    (site_packages / "borrowed.pth").write_text(f"{shelf}\n")


def _top_level(lent: Distribution) -> list[Path]:
    """The files and folders of a distribution that lie directly in site-packages."""
    parent = Path(str(lent.locate_file(""))).resolve()
    names = {file.parts[0] for file in lent.files or ()} - {"..", "__pycache__"}
    return [parent / name for name in sorted(names) if not name.endswith(".pth")]


def _with_requirements(names: Sequence[str]) -> list[Distribution]:
    """Distributions and, again and again, what they require on this machine; extras left out."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = _canonical(waiting.pop())
        if name not in found:
            found[name] = distribution(name)
            needed = [Requirement(line) for line in found[name].requires or ()]
            waiting += [r.name for r in needed if r.marker is None or r.marker.evaluate({"extra": ""})]
    return list(found.values())


def _canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
