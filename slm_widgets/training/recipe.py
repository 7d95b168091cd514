"""The settings that a design carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.devices import choose_device

_SAME_NAME = ("epochs", "batch_size", "context_length", "stride")


def read_recipe(stack_config: Mapping[str, Any]) -> dict[str, Any]:
    """Reads how a design wants to be trained.

    Args:
        stack_config: The config of a layer_stack document.

    Returns:
        Fields of ``TrainConfig``: those under ``training``, unchecked, as somebody chose them for it; else those of the
        older ``epochs``, ``batch_size``, ``context_length``, ``stride`` and ``dtype`` that can be used. What the model is made
        of (dropout, widths, ...) is the design's own and stays there.
    """
    training = stack_config.get("training")
    if isinstance(training, Mapping):
        return {str(name): value for name, value in training.items()}
    found = {name: stack_config[name] for name in _SAME_NAME if _is_usable({name: stack_config.get(name)})}
    precision = {"precision": stack_config.get("dtype"), "device": choose_device("auto").type}
    if _is_usable(precision):  # float16 is left out where only a CPU would compute with it
        found["precision"] = precision["precision"]
    return found


def _is_usable(settings: Mapping[str, Any]) -> bool:
    """Whether all have a value, and one that a training can have."""
    try:
        TrainConfig(**settings)
    except ConfigError:
        return False
    return all(value is not None for value in settings.values())
