"""A real JupyterLab or Notebook 7 with a real Chromium in front of it, and what a person does there."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Locator, Page

SCREENSHOTS = Path(os.environ.get("SLM_SCREENSHOTS", Path(__file__).parents[2] / "screenshots"))
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
START_TIMEOUT_S = 120
NOTEBOOK = "window.jupyterapp.shell.currentWidget"  # the notebook in the page, for its own JavaScript


def find_chromium() -> str | None:
    """The browser of this machine, or None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


class Lab:
    """A JupyterLab of its own in a folder of its own; ``python`` may be another environment's.

    Args:
        folder: Where its notebooks, its settings and its runs lie.
        python: The interpreter whose JupyterLab is started.
    """

    application, page_of = "lab", "lab/tree"

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        self.folder, self.python = folder, python
        self.token = secrets.token_hex(16)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "lab.log"

    def __enter__(self) -> Lab:
        private = {
            name: str(self.folder / ".jupyter" / name.lower())
            for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR")
        }
        command = [
            self.python, "-m", "jupyter", self.application, "--no-browser", "--allow-root", f"--port={self.port}",
            "--ServerApp.port_retries=0", f"--IdentityProvider.token={self.token}", f"--ServerApp.token={self.token}",
            f"--ServerApp.root_dir={self.folder}", "--expose-app-in-browser",
            "--ServerApp.disable_check_xsrf=True",
        ]  # fmt: skip
        # No question about news over the corner of every picture.
        settings = Path(private["JUPYTERLAB_SETTINGS_DIR"]) / "@jupyterlab" / "apputils-extension"
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
        # The interpreter's own folder first: its kernels and its node must be found, not another environment's.
        path = f"{Path(self.python).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {
            **os.environ,
            **private,
            "PATH": path,
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.folder}/mlflow.db",
        }
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise RuntimeError(f"jupyter {self.application} did not start:\n{self.log.read_text()[-3000:]}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _answers(self) -> bool:
        try:
            self._ask("status")
        except (urllib.error.URLError, OSError):
            return False
        return True

    def _ask(self, what: str, method: str = "GET") -> bytes:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{what}?token={self.token}", method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def end_kernels(self) -> None:
        """Ends the kernels of the notebooks opened before: each holds some 400 MB once it knows torch."""
        for session in json.loads(self._ask("sessions")):
            self._ask(f"sessions/{session['id']}", "DELETE")

    def write(self, name: str, *cells: str) -> str:
        """Makes a notebook of code cells in the Lab's folder; returns its name."""
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{n}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": c,
                }
                for n, c in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(notebook), encoding="utf-8")
        return name

    def bring(self, notebook: Path) -> str:
        """Copies a notebook into the Lab's folder; returns its name."""
        shutil.copy(notebook, self.folder)
        return notebook.name

    def open(self, page: Page, notebook: str) -> None:
        """Opens a notebook, instead of the one before, and waits until its kernel is idle."""
        self.end_kernels()
        page.goto(f"http://127.0.0.1:{self.port}/{self.page_of}/{notebook}?token={self.token}&reset")
        page.locator(".jp-Notebook").wait_for(timeout=90_000)
        page.wait_for_function("window.jupyterapp !== undefined")
        execute(page, "application:toggle-left-area") if page.locator("#jp-left-stack").is_visible() else None
        # The indicator says idle before there is a kernel too; what is run then opens a dialog that asks for one.
        page.wait_for_function(
            "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'", timeout=90_000
        )
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.ready")
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=90_000)


class Notebook7(Lab):
    """A Notebook 7, which shows one notebook a page; else as a Lab."""

    application, page_of = "notebook", "notebooks"


def execute(page: Page, command: str, arguments: dict[str, object] | None = None) -> None:
    """Runs one of JupyterLab's commands, as its menus do."""
    page.evaluate("([c, a]) => { window.jupyterapp.commands.execute(c, a) }", [command, arguments or {}])


def run_all(page: Page) -> None:
    """Run > Run All Cells."""
    execute(page, "notebook:run-all-cells")


# The page holds only the cells near what is seen; the notebook's model holds all.
_CELLS = "window.jupyterapp.shell.currentWidget.content.widgets"


def wait_until_all_ran(page: Page, timeout_s: float = 240) -> None:
    """Waits until every code cell has run to its end; none of them may have failed."""
    last = f"{_CELLS}.filter(cell => cell.model.type === 'code').every(cell => cell.model.executionCount !== null)"
    page.wait_for_function(last, timeout=timeout_s * 1000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=timeout_s * 1000)
    outputs = f"{_CELLS}.flatMap(cell => cell.model.outputs?.toJSON() ?? [])"
    assert [output for output in page.evaluate(outputs) if output["output_type"] == "error"] == []


def count_cells(page: Page) -> int:
    """How many cells the notebook has, seen or not."""
    return page.evaluate(f"{_CELLS}.length")


def scroll_to(page: Page, source: str) -> None:
    """Scrolls the notebook until the cell with this in its source is at the top, as a click on a heading beside it does."""
    page.evaluate(
        """async source => {
            const notebook = window.jupyterapp.shell.currentWidget.content
            const index = notebook.widgets.findIndex(cell => cell.model.toJSON().source.includes(source))
            if (notebook.scrollToItem) await notebook.scrollToItem(index, 'start')
            else notebook.widgets[index].node.scrollIntoView()
        }""",
        source,
    )


def set_theme(page: Page, dark: bool) -> None:
    """Settings > Theme."""
    execute(page, "apputils:change-theme", {"theme": "JupyterLab Dark" if dark else "JupyterLab Light"})
    page.locator(f"body[data-jp-theme-light='{'false' if dark else 'true'}']").wait_for(state="attached")


def drag(page: Page, source: Locator, target: Locator) -> None:
    """Presses on the middle of one thing, moves in steps as a hand does, and lets go over the middle of another."""
    hold(page, source, target)
    page.mouse.up()


def hold(page: Page, source: Locator, target: Locator) -> None:
    """Drags one thing over the middle of another, and holds it there."""
    source.scroll_into_view_if_needed()
    x, y = _middle(source)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 12, y + 8, steps=4)
    target.wait_for()  # places to drop at appear once something is dragged
    place = _middle(target)
    page.mouse.move(*place, steps=12)
    # Near an edge the drawing runs on beneath the hand, which follows.
    for _ in range(40):
        page.wait_for_timeout(50)
        if (now := _middle(target)) == place:
            break
        place = now
        page.mouse.move(*place, steps=2)


def _middle(thing: Locator) -> tuple[float, float]:
    box = thing.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def screenshot(page: Page, name: str, target: Locator | None = None) -> Path:
    """Leaves a picture for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    (target or page).screenshot(path=path)
    return path
