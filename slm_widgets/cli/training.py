"""What ``demo`` and ``train`` have in common: following a run to its end, and telling what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from slm_widgets.cli.curve import print_curve
from slm_widgets.cli.progress import TrainingProgress
from slm_widgets.language import say
from slm_widgets.running import Run


def fitted(recipe: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """A design's own recipe with what was typed; what nobody typed gives way to the automatic where it does not fit."""
    settings = {**recipe, **typed}
    if settings.get("max_steps") is not None and settings["max_steps"] <= (settings.get("warmup_steps") or 0):
        settings["warmup_steps"] = None
    if "lr" in settings and settings["lr"] < (settings.get("min_lr") or 0.0):
        settings["min_lr"] = None
    return settings


def follow(console: Console, run: Run) -> None:
    """Shows a run until it is over, and its loss curve then. Ctrl-C stops it cleanly; the model is kept.

    Raises:
        SLMError: why it failed, where it did.
    """
    with TrainingProgress(console, run):
        run.wait()
    console.print()
    print_curve(console, run.history, run.entropy_floor)


def tell_outcome(console: Console, run: Run) -> None:
    """Prints the final losses and where the run lies."""
    losses = run.history
    if losses["loss"]:
        console.print(
            say(
                en=f"After {run.step} of {run.max_steps} steps and {run.elapsed_s:.0f} seconds: loss {losses['loss'][-1]:.3f}, "
                f"validation loss {losses['val_loss'][-1]:.3f} nats per token{_floor(run)}.",
                ko=f"{run.max_steps}스텝 중 {run.step}스텝, {run.elapsed_s:.0f}초: 손실 {losses['loss'][-1]:.3f}, "
                f"검증 손실 토큰당 {losses['val_loss'][-1]:.3f}나트{_floor(run)}.",
            ),
            soft_wrap=True,
        )
    console.print(say(en=f"The run lies in {run.folder}", ko=f"실행 폴더: {run.folder}"), soft_wrap=True)


def _floor(run: Run) -> str:
    if run.entropy_floor is None:
        return ""
    return say(
        en=f"; no model gets below {run.entropy_floor:.3f}", ko=f" (어떤 모델도 {run.entropy_floor:.3f} 아래로는 못 감)"
    )
