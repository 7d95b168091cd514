"""What ``auto`` chooses: number format and compiling, by a short measurement of the actual model on the actual machine."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import torch

from slm_widgets.errors import TrainingError
from slm_widgets.language import say
from slm_widgets.model.head_loss import multiplies_bfloat16
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.events import Choice, Progress
from slm_widgets.training.loss_function import (
    Batch,
    LossOf,
    cannot_compile,
    compiled_loss,
    compiling_failed,
    plain_loss,
)
from slm_widgets.training.trials import PASSES, Trials

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

_COMPILE_S = 50.0  # measured: 25 to 50 s on two cores for models of one to thirty million parameters
_WORTH = 0.9  # what is not at least a tenth faster is left as it was


@dataclass(frozen=True)
class Choices:
    """How a training computes.

    Args:
        precision: ``"fp32"``, ``"bf16"`` or ``"fp16"``.
        compile: Whether the loss is compiled.
    """

    precision: str = "fp32"
    compile: bool = False

    def facts(self) -> dict[str, Any]:
        """As JSON."""
        return {"precision": self.precision, "compile": self.compile}

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Self:
        """Back from ``facts``."""
        return cls(str(facts["precision"]), bool(facts["compile"]))


class Chooser:
    """Chooses what a config leaves to ``auto``.

    Args:
        model: On its device. Its weights stay as they are.
        config: The settings.

    Attributes:
        choices: What was chosen, and what the settings say.
        loss: The loss to learn from, compiled or not.
    """

    def __init__(self, model: LanguageModel, config: TrainConfig) -> None:
        self._model, self._config = model, config
        self._device = next(model.parameters()).device
        self.choices = self._where_open(Choices())
        self.loss: LossOf = plain_loss(model, config)
        self._is_to_compile = False

    def choose(self, steps: int | None, batch: Callable[[], Batch]) -> Iterator[Choice | Progress]:
        """Chooses, and tells each choice, and before what takes a while that it begins.

        Args:
            steps: How many steps the run will have, None where only the clock ends it.
            batch: Makes what one pass of a step reads, where it is needed.

        Raises:
            TrainingError: where ``compile`` is on and nothing can be compiled.
        """
        if self._config.device == "auto":
            yield Choice("device", self._device.type, _why_there(self._device))
        trials = Trials(self._model, self._config, steps, batch)
        if self._config.precision == "auto":
            yield Progress(0, "measuring", 0, 1)
            precision, why = self._choose_precision(trials)
            self.choices = Choices(precision, self.choices.compile)
            yield Choice("precision", precision, why)
        if self._config.compile == "auto":
            compile, why = yield from self._choose_compile(trials)
            self.choices = Choices(self.choices.precision, compile)
            yield Choice("compile", "on" if compile else "off", why)
        elif self._config.compile == "on":
            yield from self.repeat(self.choices)

    def repeat(self, choices: Choices) -> Iterator[Choice]:
        """Takes what was chosen before, in place of choosing; what the settings say by now wins.

        Yields:
            What had to be chosen anew: compiling by itself, on a machine that cannot.

        Raises:
            TrainingError: where the settings ask for compiling and nothing can be compiled.
        """
        self.choices = self._where_open(choices)
        self._is_to_compile = self.choices.compile
        if not self.choices.compile:
            return
        why_not = cannot_compile(self._device)
        if why_not is not None and self._config.compile == "auto":
            self.choices, self._is_to_compile = Choices(self.choices.precision), False
            yield Choice("compile", "off", why_not)
            return
        if why_not is not None:
            raise TrainingError(
                say(
                    en=f"compile is on, but {why_not}. Choose compile off, or auto.",
                    ko=f"compile이 on인데 {why_not}. compile을 off나 auto로 하세요.",
                ),
                field="compile",
            )
        self.loss = compiled_loss(self._model, self._config)

    def announce_compiling(self, step: int) -> Iterator[Progress]:
        """Tells, once, that the next step has to wait for the compiler; where none has, nothing."""
        if self._is_to_compile:
            self._is_to_compile = False
            yield Progress(step, "compiling", 0, 1)

    def _where_open(self, choices: Choices) -> Choices:
        """The choices for what is left to ``auto``, and for the rest what the settings say."""
        config = self._config
        return Choices(
            choices.precision if config.precision == "auto" else config.precision,
            choices.compile if config.compile == "auto" else config.compile == "on",
        )

    def _choose_precision(self, trials: Trials) -> tuple[str, str]:
        """-> (the format, why)."""
        half = _half(self._device)
        if half is None:
            return "fp32", say(
                en=f"this machine's {self._device.type} has no fast products in half precision",
                ko=f"이 컴퓨터의 {self._device.type}에는 빠른 반정밀도 곱셈이 없습니다",
            )
        if self._config.deterministic:
            return "fp32", _strict()
        # Where half precision is slow, one pass of it may take as long as several.
        if not trials.allow(3 * PASSES):
            return "fp32", _too_short()
        whole_s, half_s = (trials.seconds(name, self.loss) for name in ("fp32", half))
        times = f"{whole_s / half_s:.2f}"
        if math.isinf(whole_s):
            return half, say(en="fp32 does not fit into memory here", ko="fp32로는 메모리에 들어가지 않습니다")
        if half_s < _WORTH * whole_s:
            return half, say(
                en=f"measured here: {half} is {times} times as fast as fp32",
                ko=f"여기서 재어 보니 {half}의 속도가 fp32의 {times}배입니다",
            )
        return "fp32", say(
            en=f"measured here: {half} is only {times} times as fast",
            ko=f"여기서 재어 보니 {half}의 속도는 fp32의 {times}배에 그칩니다",
        )

    def _choose_compile(self, trials: Trials) -> Generator[Progress, None, tuple[bool, str]]:
        """-> (whether, why)."""
        why_not = cannot_compile(self._device)
        if why_not is not None:
            return False, why_not
        if self._config.deterministic:
            return False, _strict()
        # One glance, one trial as it is and one compiled.
        if not trials.allow(1 + 2 * PASSES):
            return False, _too_short()
        if not trials.allow(2 * PASSES, _COMPILE_S):
            return False, say(
                en=f"the run takes about {trials.predicted_s():.0f} s, and compiling alone would take some {_COMPILE_S:.0f} s",
                ko=f"학습은 약 {trials.predicted_s():.0f}초인데, 컴파일에만 {_COMPILE_S:.0f}초쯤 걸립니다",
            )
        yield Progress(0, "compiling", 0, 1)
        loss = compiled_loss(self._model, self._config)
        plain_s = trials.seconds(self.choices.precision, self.loss)
        try:
            compiled_s = trials.seconds(self.choices.precision, loss, least=2)  # the first one compiles
        except Exception as error:  # a compiler has a hundred ways to fail, and the training none to need it
            return False, compiling_failed(error)
        if math.isinf(compiled_s):
            return False, say(
                en="compiled it does not fit into memory here", ko="컴파일하면 메모리에 들어가지 않습니다"
            )
        times = f"{plain_s / compiled_s:.2f}"
        if compiled_s > _WORTH * plain_s:
            return False, say(
                en=f"measured here: compiled it is only {times} times as fast",
                ko=f"여기서 재어 보니 컴파일해도 속도가 {times}배에 그칩니다",
            )
        self.loss = loss
        if math.isinf(plain_s):
            return True, say(en="only compiled it fits into memory here", ko="컴파일해야 메모리에 들어갑니다")
        return True, say(
            en=f"measured here: compiled it is {times} times as fast",
            ko=f"여기서 재어 보니 컴파일하면 속도가 {times}배입니다",
        )


def _half(device: torch.device) -> str | None:
    """The half precision that a device multiplies quickly, None where there is none."""
    if device.type == "cuda":
        return "bf16" if torch.cuda.is_bf16_supported(including_emulation=False) else "fp16"
    return "bf16" if device.type == "cpu" and multiplies_bfloat16() else None


def _why_there(device: torch.device) -> str:
    if device.type == "cpu":
        return say(en="torch finds no graphics processor here", ko="torch가 찾은 그래픽 장치가 없습니다")
    return say(en="torch finds a graphics processor here", ko="torch가 그래픽 장치를 찾았습니다")


def _too_short() -> str:
    return say(en="the run is too short for a measurement", ko="학습이 짧아 재어 보지 않았습니다")


def _strict() -> str:
    return say(en="strict determinism was asked for", ko="엄격한 재현성을 선택했습니다")
