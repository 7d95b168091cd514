"""What ``demo``, ``train`` and ``resume`` have in common: following a run to its end, and telling what came of it."""

from __future__ import annotations

import math
import os
import shlex
import sys
from pathlib import Path

from rich.console import Console

from slm_widgets.cli.curve import print_curve
from slm_widgets.cli.errors import FAILED, INTERRUPTED, tell
from slm_widgets.cli.interrupts import ImpatientError, Interrupts
from slm_widgets.cli.progress import TrainingProgress
from slm_widgets.errors import DivergedError
from slm_widgets.language import say
from slm_widgets.running import Run, RunState
from slm_widgets.training.divergence import lower_learning_rate


def follow(console: Console, run: Run) -> None:
    """Shows a run until it is over, and its loss curve then; why it failed is left to ``tell_outcome``.

    Ctrl-C stops it cleanly and keeps the model; a second one ends the program at once.
    """
    try:
        with (
            Interrupts(run, speaks=not console.is_terminal) as interrupts,
            TrainingProgress(console, run, lambda: interrupts.is_asked),
        ):
            run.wait()
    except ImpatientError:
        _leave(run)
    except Exception as error:  # a layer of somebody's own may raise anything
        if error is not run.error:
            raise
    console.print()
    print_curve(console, run.history, run.entropy_floor)


def tell_outcome(console: Console, run: Run) -> int:
    """Prints the final losses, where the run lies, and how to go on with one that did not finish.

    Returns:
        The exit status.
    """
    sentence = _losses(run)
    for each in filter(None, (sentence, run.ended_early)):
        console.print(each, soft_wrap=True, markup=False)
    console.print(say(en=f"The run lies in {run.folder}", ko=f"실행 폴더: {run.folder}"), soft_wrap=True, markup=False)
    if run.state is RunState.STOPPED:
        command = resume_command(run.folder)
        console.print(
            say(en=f"It was stopped; to go on: {command}", ko=f"멈췄습니다. 이어서 하려면: {command}"),
            soft_wrap=True,
            markup=False,
        )
        return INTERRUPTED
    if run.error is not None:
        options = f"--lr {lower_learning_rate(run.config)}" if isinstance(run.error, DivergedError) else ""
        command = resume_command(run.folder, options)
        tell(run.logbook.reason)
        if run.checkpoints:
            tell(
                say(
                    en=f"To go on from its last checkpoint: {command}",
                    ko=f"마지막 체크포인트에서 이어 가려면: {command}",
                )
            )
        else:
            tell(
                say(
                    en=f"It has no checkpoint yet; to begin it anew: {command}",
                    ko=f"아직 체크포인트가 없습니다. 처음부터 다시 하려면: {command}",
                )
            )
        return FAILED
    return 0


def resume_command(folder: Path, options: str = "") -> str:
    """What to type to go on with a run."""
    return f"slm-widgets resume {shlex.quote(str(folder))} {options}".rstrip()


def _leave(run: Run) -> None:
    """Ends the program without waiting for the step, which may take minutes; the checkpoints are whole at any moment."""
    if run.state.is_over:
        tell(say(en=f"Left at once. The run lies in {run.folder}", ko=f"바로 끝냅니다. 실행 폴더: {run.folder}"))
    else:
        command = resume_command(run.folder)
        tell(
            say(
                en=f"Left at once: what came after the last checkpoint is lost. To go on from there: {command}",
                ko=f"바로 끝냅니다. 마지막 체크포인트 뒤의 학습은 사라집니다. 거기서 이어 가려면: {command}",
            )
        )
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _losses(run: Run) -> str:
    history = run.history
    if not history["loss"]:
        return ""
    of_en, of_ko = (f" of {run.max_steps}", f"{run.max_steps}스텝 중 ") if run.max_steps is not None else ("", "")
    en = f"After {run.step}{of_en} steps and {run.elapsed_s:.0f} seconds: loss {history['loss'][-1]:.3f}"
    ko = f"{of_ko}{run.step}스텝, {run.elapsed_s:.0f}초: 손실 {history['loss'][-1]:.3f}"
    if history["val_loss"]:
        val_loss, perplexity, bits = (history[f"val_{name}"][-1] for name in ("loss", "perplexity", "bits_per_byte"))
        en += f", validation loss {val_loss:.3f} nats per token"
        ko += f", 검증 손실 토큰당 {val_loss:.3f}나트"
        if math.isfinite(perplexity) and math.isfinite(bits):
            en += f" (perplexity {perplexity:.3g}, {bits:.3f} bits per byte)"
            ko += f" (퍼플렉시티 {perplexity:.3g}, 바이트당 {bits:.3f}비트)"
    return say(en=en, ko=ko) + _floor(run) + "."


def _floor(run: Run) -> str:
    if run.entropy_floor is None:
        return ""
    return say(
        en=f"; no model gets below {run.entropy_floor:.3f}", ko=f" (어떤 모델도 {run.entropy_floor:.3f} 아래로는 못 감)"
    )
