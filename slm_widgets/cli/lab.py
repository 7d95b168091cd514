"""``slm-widgets lab``: the course notebooks in JupyterLab."""

from __future__ import annotations

import argparse
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from slm_widgets.errors import InstallationError
from slm_widgets.language import language, say
from slm_widgets.library import runs_folder

FOLDER = "slm_course"
FIRST = {"en": "01_first_model.ipynb", "ko": "01_first_model_ko.ipynb"}


def main(arguments: argparse.Namespace) -> int:
    """Copies the notebooks, starts JupyterLab on the first, and waits for its end."""
    if importlib.util.find_spec("jupyterlab") is None:
        raise InstallationError(
            say(
                en='JupyterLab is not installed here. Install it with: pip install -e ".[lab]"',
                ko='JupyterLab이 설치되어 있지 않습니다. 다음으로 설치하세요: pip install -e ".[lab]"',
            )
        )
    folder = Path(FOLDER).resolve()
    for name in copy_notebooks(course_folder(), folder):
        print(say(en=f"New in {folder}: {name}", ko=f"{folder}에 새로 넣음: {name}"))
    return start_jupyterlab(folder / FIRST[language()], arguments)


def course_folder() -> Path:
    """Where the course notebooks lie: in the installed package, or beside it in a checkout.

    Raises:
        InstallationError: where they are in neither place.
    """
    package = Path(__file__).parents[1]
    places = [package.parent / "notebooks" / "course", package / "course"]
    for place in places:
        if (place / FIRST["en"]).is_file():
            return place
    raise InstallationError(
        say(
            en=f"The course notebooks are missing; they were looked for in {' and '.join(map(str, places))}. Install slm-widgets "
            "again.",
            ko=f"강의 노트북이 없습니다({', '.join(map(str, places))}에서 찾았습니다). slm-widgets를 다시 설치하세요.",
        )
    )


def copy_notebooks(source: Path, folder: Path) -> list[str]:
    """Copies the notebooks that are not there yet; what is there is the student's work and stays as it is.

    Returns:
        The names of those copied.

    Raises:
        InstallationError: where the folder cannot be written to.
    """
    copied = []
    try:
        folder.mkdir(exist_ok=True)
        for notebook in sorted(source.glob("*.ipynb")):
            if not (folder / notebook.name).exists():
                shutil.copyfile(notebook, folder / notebook.name)
                copied.append(notebook.name)
    except OSError as error:
        raise InstallationError(
            say(
                en=f"The notebooks cannot be copied to {folder}: {error.strerror}. Go to a folder of your own and try again.",
                ko=f"{folder}에 노트북을 복사할 수 없습니다: {error.strerror}. 쓸 수 있는 폴더로 가서 다시 해 보세요.",
            )
        ) from error
    return copied


def start_jupyterlab(notebook: Path, arguments: argparse.Namespace) -> int:
    """Runs JupyterLab until it ends.

    Returns:
        Its exit status.
    """
    command = [sys.executable, "-m", "jupyterlab", str(notebook)]
    command += ["--no-browser"] if arguments.no_browser else []
    command += [f"--port={arguments.port}"] if arguments.port is not None else []
    command += [f"--ip={arguments.ip}"] if arguments.ip is not None else []
    here = Path.cwd().as_posix()
    # The notebooks' kernels run in slm_course, but what demo and train made in this folder is theirs too.
    surroundings = {
        "SLM_LANGUAGE": language(),
        "SLM_RUNS": str(runs_folder()),
        "MLFLOW_TRACKING_URI": os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{here}/mlflow.db",
    }
    process = subprocess.Popen([*command, *arguments.rest], env={**os.environ, **surroundings})
    # Whoever ends this program means JupyterLab and its kernels, which would else go on without it.
    before = signal.signal(signal.SIGTERM, lambda number, frame: process.terminate())
    try:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # JupyterLab hears Ctrl-C too, asks whether it is meant, and ends by itself
    finally:
        signal.signal(signal.SIGTERM, before)
