"""Where a run comes from: the design and settings that it was changed from."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.files import write_json
from slm_widgets.library import layout
from slm_widgets.stack import LayerStack, parse_stack, preset
from slm_widgets.training import TrainConfig, read_recipe


@dataclass(frozen=True)
class Parent:
    """What a run was changed from.

    Args:
        name: What it is called.
        stack: Its design.
        config: Its settings; None where it is a design alone.
        folder: The folder of the run that it is; None where it is no run.
    """

    name: str
    stack: LayerStack
    config: TrainConfig | None = None
    folder: Path | None = None

    def facts(self) -> dict[str, Any]:
        """What run.json says of it; the design stands in a file of its own."""
        return {
            "name": self.name,
            "folder": None if self.folder is None else str(self.folder),
            "config": None if self.config is None else self.config.model_dump(mode="json"),
        }

    def save_stack(self, folder: Path) -> None:
        """Writes its design into the folder of a run."""
        write_json(folder / layout.PARENT, self.stack.to_json())


def find_parent(given: Any, design: LayerStack) -> Parent | None:
    """The parent of a run that is to begin.

    Args:
        given: A run (going on, over, or read back), a design, a preset's name, a document; None for the preset that the
            design is named after, where there is one: an editor keeps the name while a design is changed.
        design: The design of the run.

    Raises:
        LayerStackError: for a parent that is no design.
    """
    if given is None:
        with suppress(LayerStackError):
            return _of_design(preset(design.name))
        return None
    if isinstance(given, Parent):
        return given
    if isinstance(getattr(given, "stack", None), LayerStack):
        return Parent(str(given.name), given.stack, given.config, Path(given.folder))
    if isinstance(given, LayerStack):
        return _of_design(given)
    named = isinstance(given, str) and not given.lstrip().startswith(("[", "{")) and not given.endswith(".json")
    return _of_design(preset(given) if named else parse_stack(given))


def read_parent(folder: Path, facts: Mapping[str, Any]) -> Parent | None:
    """Reads back what ``facts`` and ``save_stack`` wrote; None where there is nothing, or nothing that can be read.

    Args:
        folder: The folder of the run.
        facts: The entry ``"parent"`` of its run.json.
    """
    try:
        stack = parse_stack(folder / layout.PARENT)
        stored = facts.get("config")
        config = None if stored is None else TrainConfig(**stored)
    except (LayerStackError, ConfigError, OSError, TypeError):  # a run is worth reading without it
        return None
    where = facts.get("folder")
    return Parent(str(facts.get("name", stack.name)), stack, config, None if where is None else Path(str(where)))


def _of_design(stack: LayerStack) -> Parent:
    config = None
    if wanted := read_recipe(stack.config):
        with suppress(ConfigError):
            config = TrainConfig(**wanted)
    return Parent(stack.name, stack, config)
