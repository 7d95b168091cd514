"""Settings that contradict each other: one function a rule, each raises a ConfigError that says what would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slm_widgets.errors import ConfigError
from slm_widgets.language import say

if TYPE_CHECKING:
    from slm_widgets.training.config.train_config import TrainConfig


def check_agreement(config: TrainConfig) -> None:
    """All rules, as far as they can be told from the settings alone."""
    check_end(config)
    check_learning_rates(config)
    check_machine(config, config.device)
    if config.max_steps is not None:
        check_warmup(config, config.max_steps)
    check_stopping(config, config.max_steps)


def check_end(config: TrainConfig) -> None:
    """A training ends somewhere."""
    if config.max_steps is None and config.epochs is None and config.max_minutes is None:
        raise ConfigError(
            say(
                en="None of max_steps, epochs and max_minutes is given, so the training would never end. Give one of them.",
                ko="max_steps, epochs, max_minutes가 모두 비어 있어 학습이 끝나지 않습니다. 하나는 정하세요.",
            ),
            field="max_steps",
        )


def check_learning_rates(config: TrainConfig) -> None:
    """The rate falls towards its end, and only Muon has a second one."""
    if config.min_lr is not None and config.min_lr > config.lr:
        raise ConfigError(
            say(
                en=f"min_lr is {config.min_lr}, above lr, which is {config.lr}. Give at most {config.lr}, or leave it empty "
                "for what suits the schedule.",
                ko=f"min_lr 값 {config.min_lr}이(가) lr 값 {config.lr}보다 큽니다. {config.lr} 이하로 정하거나, "
                "비워 두어 스케줄에 맞는 값을 쓰세요.",
            ),
            field="min_lr",
        )
    if config.rest_lr is not None and config.optimizer != "Muon":
        raise ConfigError(
            say(
                en=f"rest_lr is {config.rest_lr}, but {config.optimizer} trains everything with lr. Leave rest_lr empty, or "
                "choose the optimizer Muon.",
                ko=f"rest_lr 값이 {config.rest_lr}인데, {config.optimizer}은(는) 모든 가중치를 lr로 학습합니다. rest_lr을 비워 두거나 "
                "최적화 방법을 Muon으로 고르세요.",
            ),
            field="rest_lr",
        )


def check_warmup(config: TrainConfig, total_steps: int) -> None:
    """The rise of the learning rate, and the fall of WSD, fit into the training."""
    if config.warmup_steps is None:
        return
    if config.warmup_steps >= total_steps:
        raise ConfigError(
            say(
                en=f"warmup_steps is {config.warmup_steps}, but the whole training has {total_steps} steps. Give less than "
                f"{total_steps}, or leave it empty for a twentieth of all steps.",
                ko=f"warmup_steps 값이 {config.warmup_steps}인데, 전체 학습은 {total_steps}스텝입니다. {total_steps}보다 "
                "작게 정하거나, 비워 두어 전체의 20분의 1로 하세요.",
            ),
            field="warmup_steps",
        )
    decay = round(config.decay_fraction * total_steps)
    if config.schedule == "wsd" and config.decay_fraction < 1 and config.warmup_steps + decay > total_steps:
        most = total_steps - decay
        raise ConfigError(
            say(
                en=f"warmup_steps is {config.warmup_steps}, but with decay_fraction {config.decay_fraction} the learning rate "
                f"falls in the last {decay} of {total_steps} steps. Give at most {most}, or a smaller decay_fraction.",
                ko=f"warmup_steps 값이 {config.warmup_steps}인데, decay_fraction이 {config.decay_fraction}이므로 전체 {total_steps}스텝 "
                f"가운데 마지막 {decay}스텝에서 학습률이 내려갑니다. {most} 이하로 정하거나 decay_fraction을 줄이세요.",
            ),
            field="warmup_steps",
        )


def check_stopping(config: TrainConfig, total_steps: int | None) -> None:
    """Early stopping can come about before the training is over."""
    if config.patience is None:
        if config.min_improvement:
            raise ConfigError(
                say(
                    en=f"min_improvement is {config.min_improvement}, but without patience nothing stops early. Set patience, "
                    "or min_improvement to 0.",
                    ko=f"min_improvement 값이 {config.min_improvement}인데, patience가 비어 있어 조기 종료를 하지 않습니다. "
                    "patience를 정하거나 min_improvement를 0으로 하세요.",
                ),
                field="min_improvement",
            )
        return
    if total_steps is not None and config.patience * config.eval_every >= total_steps:
        steps = config.patience * config.eval_every
        raise ConfigError(
            say(
                en=f"patience is {config.patience} evaluations, one every {config.eval_every} steps, so it needs more than {steps} "
                f"steps, but the whole training has {total_steps}. Lower patience or eval_every, or leave patience empty.",
                ko=f"patience 값이 {config.patience}회이고 {config.eval_every}스텝마다 검증하므로 {steps}스텝보다 길어야 하는데, 전체 학습은 "
                f"{total_steps}스텝입니다. patience나 eval_every를 줄이거나 patience를 비워 두세요.",
            ),
            field="patience",
        )


def check_machine(config: TrainConfig, device: str) -> None:
    """The device can compute as asked; ``device`` is a setting or a device's type, and ``"auto"`` says nothing yet."""
    if config.precision == "fp16" and device == "cpu":
        raise ConfigError(
            say(
                en="precision is 'fp16', but the device is a processor (CPU), which is slower and less exact with it. Choose "
                "auto, fp32 or bf16.",
                ko="precision 값이 'fp16'인데 장치가 CPU입니다. CPU에서는 fp16이 더 느리고 부정확합니다. auto, fp32, bf16 중에서 고르세요.",
            ),
            field="precision",
        )
    if config.compile == "on" and device == "mps":
        raise ConfigError(
            say(
                en="compile is 'on', but torch.compile is not finished for Apple graphics (mps). Choose auto or off.",
                ko="compile 값이 'on'인데 Apple 그래픽(mps)에서는 torch.compile이 아직 완성되지 않았습니다. auto나 off를 고르세요.",
            ),
            field="compile",
        )
