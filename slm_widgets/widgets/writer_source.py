"""Where a TextGenerator takes its model from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from slm_widgets.errors import GenerationError
from slm_widgets.language import say
from slm_widgets.library import load_run, runs, runs_folder
from slm_widgets.library.run_folder import WEIGHTS
from slm_widgets.model import LanguageModel


def find_writer(source: Any, tokenizer: Any = None) -> tuple[LanguageModel, Any]:
    """Finds the model and the tokenizer of a source as it is now.

    Loading a saved model takes a moment, and a run that is training hands out a copy between two steps: call it in a thread.

    Args:
        source: A Run or SavedRun, a TrainingPanel (its latest run), a run's folder, a model (then ``tokenizer`` is needed),
            or None for the newest run on disk that is over and has kept a model.
        tokenizer: In place of the source's own.

    Raises:
        GenerationError: where there is no model yet, or no tokenizer.
        RunError: for a folder that cannot be read.
    """
    if isinstance(source, LanguageModel):
        return source, _needed(tokenizer)
    if source is None:
        # A run that failed before it began, or whose process was killed, is over too, and left nothing to write with.
        source = next((run for run in runs() if run.state.is_over and (run.folder / WEIGHTS).is_file()), None)
        if source is None:
            raise _nothing_trained(f"{runs_folder()}")
    elif isinstance(source, str | Path):
        source = load_run(source)
    elif hasattr(source, "run"):  # a panel
        source = source.run
        if source is None:
            raise _nothing_trained()
    model = source.model
    if model is None:
        raise GenerationError(
            say(
                en="This run has no model yet: it is waiting for its turn, or failed before it began. Wait, or train again.",
                ko="이 실행에는 아직 모델이 없습니다. 차례를 기다리고 있거나 시작하기 전에 실패했습니다. 기다리거나 다시 학습하세요.",
            )
        )
    return model, _needed(tokenizer if tokenizer is not None else source.tokenizer)


def _nothing_trained(where: str = "") -> GenerationError:
    looked_en, looked_ko = (f" (looked in {where})", f"({where}에서 찾았습니다)") if where else ("", "")
    return GenerationError(
        say(
            en=f"There is no trained model yet{looked_en}. Press Train first; you can write with the model while it learns.",
            ko=f"학습한 모델이 아직 없습니다{looked_ko}. 먼저 학습을 누르세요. 학습하는 동안에도 글을 써 볼 수 있습니다.",
        )
    )


def _needed(tokenizer: Any) -> Any:
    if tokenizer is None:
        raise GenerationError(
            say(
                en="A bare model does not know how to spell. Give TextGenerator(model, tokenizer=...), or a run.",
                ko="모델만으로는 글자를 알 수 없습니다. TextGenerator(model, tokenizer=...)나 실행(run)을 주세요.",
            ),
            field="tokenizer",
        )
    return tokenizer
