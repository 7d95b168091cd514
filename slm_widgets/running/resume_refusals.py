"""Why a run cannot go on as it was asked to."""

from __future__ import annotations

from pathlib import Path

from slm_widgets.errors import ConfigError, RunError
from slm_widgets.language import say
from slm_widgets.library import SavedRun, layout
from slm_widgets.running.run import Run
from slm_widgets.training import TrainConfig
from slm_widgets.training.divergence import lower_learning_rate
from slm_widgets.training.judgement import Judgement


def would_diverge_again(saved: SavedRun) -> ConfigError:
    """The error for a run that diverged and is to go on unchanged."""
    lower = lower_learning_rate(saved.config)
    return ConfigError(
        say(
            en="This run diverged, and would do so again at the same step with the same settings. Lower the learning rate: "
            f'slm.resume("{saved.folder}", {{"lr": {lower}}}), or train anew with {lower}.',
            ko="이 실행은 발산했고, 같은 설정으로는 같은 스텝에서 다시 발산합니다. 학습률을 낮추세요: "
            f'slm.resume("{saved.folder}", {{"lr": {lower}}}). 아니면 {lower}(으)로 새로 학습하세요.',
        ),
        field="lr",
    )


def refuse_end_behind(config: TrainConfig, step: int, steps: int | None, elapsed_s: float) -> None:
    """Raises where the run would end before it begins: at a step that is long done, after minutes that are long over."""
    minutes = config.max_minutes
    if steps is not None and steps < step:
        field = "max_steps" if config.max_steps is not None else "epochs"
        value_en = value_ko = f"{steps}"
        more_en, more_ko = f"Give a max_steps above {step}", f"max_steps를 {step}보다 크게 하거나"
        if field == "epochs":
            value_en, value_ko = f"{steps} ({config.epochs:g} epochs)", f"{steps}({config.epochs:g}에포크)"
            more_en, more_ko = "Give more epochs", "epochs를 늘리거나"
        raise ConfigError(
            say(
                en=f"The run is already at step {step}, and would end after {value_en}. {more_en}, or leave it out.",
                ko=f"이 실행은 이미 {step}스텝까지 학습했는데 {value_ko}스텝에서 끝나게 됩니다. {more_ko} 빼세요.",
            ),
            field=field,
        )
    if minutes is not None and elapsed_s > minutes * 60:
        done = f"{elapsed_s / 60:.3g}"
        raise ConfigError(
            say(
                en=f"The run has already trained for {done} minutes, and would end after {minutes:g}. Give a max_minutes above "
                f"{done}: the minutes of the whole training count.",
                ko=f"이 실행은 이미 {done}분 동안 학습했는데 {minutes:g}분에서 끝나게 됩니다. max_minutes는 전체 학습 시간이므로 "
                f"{done}보다 크게 하세요.",
            ),
            field="max_minutes",
        )


def refuse_given_up(config: TrainConfig, judgement: Judgement) -> None:
    """Raises where early stopping would end the run before it begins."""
    if judgement.gives_up(config):
        raise ConfigError(
            say(
                en=f"The run was ended early, and would be again at once: {judgement.sentence(config)} Give a larger patience, "
                "or None to leave it empty.",
                ko=f"이 실행은 일찍 끝났고, 이어도 바로 다시 끝납니다. {judgement.sentence(config)} patience를 늘리거나 None으로 "
                "비워 두세요.",
            ),
            field="patience",
        )


def still_training(run: Run) -> RunError:
    """The error for a run that is to be changed while it is trained."""
    return RunError(
        say(
            en=f"The run {run.name!r} is still being trained with the settings that it has. To go on with others stop it first "
            "(run.stop()) and resume it then, or leave them out.",
            ko=f"실행 {run.name!r}은(는) 지금 원래 설정으로 학습 중입니다. 설정을 바꿔서 이어 가려면 먼저 멈춘 다음(run.stop()) 다시 "
            "이어서 학습하고, 아니면 설정을 빼세요.",
        ),
        field="config",
    )


def none_is_whole(folder: Path, damaged: list[str]) -> RunError:
    """The error for a run whose checkpoints are all damaged; ``damaged`` says of each how."""
    place = folder / layout.CHECKPOINTS
    told = " ".join(damaged)
    return RunError(
        say(
            en=f"No checkpoint in {place} is whole, so the run cannot go on; nothing was changed. Restore the files, or delete "
            f"the folder {place.name} to let the run begin anew. {told}",
            ko=f"{place}에 온전한 체크포인트가 없어 실행을 이어 갈 수 없습니다. 바뀐 것은 없습니다. 파일을 복구하거나, 처음부터 다시 "
            f"학습하려면 {place.name} 폴더를 지우세요. {told}",
        ),
        field="folder",
    )
