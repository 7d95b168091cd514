"""A design's own recipe, and what somebody wants otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from slm_widgets.errors import ConfigError
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.config.agreement import check_agreement
from slm_widgets.training.config.length import with_steps_unlimited

OF_THE_OPTIMIZER = ("lr", "min_lr", "rest_lr", "betas", "momentum", "weight_decay")
"""What is tuned to one optimizer, and is not to another."""

_LENGTHS = ("max_steps", "epochs", "max_minutes")
WORK = ("max_steps", "epochs")
"""Lengths that take each other's place; minutes are a limit beside them, which stays."""

_OTHER_SIDE = {"warmup_steps": "decay_fraction", "patience": "eval_every"}
"""What else can end a contradiction, where the setting that it is told of is wanted."""


def overlaid(recipe: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Changes a recipe; what nobody wants expressly gives way where it does not fit what is wanted.

    Who says how long it takes means it: the recipe's steps and epochs are left out then. What is tuned to the recipe's
    optimizer goes with it. Else what contradicts (``config/agreement.py``) becomes the default, ``warmup_steps`` for one.

    Args:
        recipe: Settings, fields of ``TrainConfig``.
        wanted: Settings that win; where they contradict each other, that is left to ``TrainConfig`` to tell.
    """
    settings = dict(recipe)
    if _optimizer({**recipe, **wanted}) != _optimizer(recipe):
        _leave_out(settings, OF_THE_OPTIMIZER)
    if any(wanted.get(name) is not None for name in _LENGTHS):
        _leave_out(settings, WORK)
    return reconciled(with_steps_unlimited({**settings, **wanted}), recipe.keys() - wanted.keys())


def reconciled(settings: Mapping[str, Any], yielding: Set[str]) -> dict[str, Any]:
    """Ends what contradicts (``config/agreement.py``) among settings, as far as those that may yield can: by their defaults.

    Args:
        settings: Fields of ``TrainConfig``.
        yielding: The names of those that nobody wants expressly.
    """
    settings, yielding = dict(settings), set(yielding)
    while (name := _contradiction(settings)) is not None:
        gives_way = next((one for one in (name, _OTHER_SIDE.get(name)) if one in yielding), None)
        if gives_way is None:
            break
        yielding -= {gives_way}
        settings[gives_way] = _default(gives_way)
    return settings


def _leave_out(settings: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        settings.pop(name, None)


def _contradiction(settings: Mapping[str, Any]) -> str | None:
    """The setting that does not fit the others; None where all fit, or one is no value at all, which TrainConfig refuses."""
    try:
        check_agreement(TrainConfig.model_construct(None, **settings))
    except ConfigError as error:
        return error.field
    except (TypeError, ValueError, ArithmeticError):  # a text for a number, nan for steps
        return None
    return None


def _optimizer(settings: Mapping[str, Any]) -> Any:
    return settings.get("optimizer", _default("optimizer"))


def _default(name: str) -> Any:
    return TrainConfig.model_fields[name].default
