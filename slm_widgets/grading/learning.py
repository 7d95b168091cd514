"""Does a design learn? Trained here and now, from a fixed seed, for a bounded time."""

from __future__ import annotations

import contextlib
import os
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch

from slm_widgets.data import Corpus, Dataset, load_corpus, prepare
from slm_widgets.errors import DivergedError, GradingError, LayerStackError, RunError
from slm_widgets.grading.advice import advice, baseline
from slm_widgets.grading.design import not_causal
from slm_widgets.grading.future import sees_the_future
from slm_widgets.grading.reading import cannot_be_built, read_design
from slm_widgets.language import say
from slm_widgets.library import SavedRun, load_run
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.running import Run
from slm_widgets.running.plan import Plan
from slm_widgets.running.train import make_plan
from slm_widgets.stack import LayerStack, describe
from slm_widgets.training import Evaluation, Step, TrainConfig, train_events
from slm_widgets.training.evaluation import evaluate

# What a classroom machine computes in a test cell. A design may read more, but is trained and measured on so much.
_LONGEST_CONTEXT = 64
_RECIPE: dict[str, Any] = {
    "batch_size": 16,
    "lr": 3e-3,
    "eval_batches": 20,
    "sample_every": 0,
    "seed": 0,
    "device": "cpu",  # the one device that every machine has: the same loss for everybody
}


class Loss(float):
    """A loss in nats per token.

    Its own kind of number because nbgrader takes a bare one at the end of a test cell for the marks that were earned.
    """

    def __repr__(self) -> str:
        return say(en=f"{float(self):.3f} nats per token", ko=f"토큰당 {float(self):.3f}나트")


def check_learns(
    design_or_run: LayerStack | Run | SavedRun | str | os.PathLike[str] | list[Any] | dict[str, Any],
    corpus: Corpus | str | Path = "tiny-tales-en",
    *,
    below: float,
    max_steps: int = 200,
    tokenizer: str = "char",
    config: Mapping[str, Any] | None = None,
    max_parameters: int = 5_000_000,
    max_minutes: float = 3.0,
) -> Loss:
    """Checks that a design learns: trains it for a few steps and looks at the loss on text that it was not trained on.

    The same design gives the same loss on machines of one kind; between machines it moves by about a hundredth of a nat, so
    choose ``below`` with some room. Nothing is written and the random numbers of the notebook are left as they were.

    Args:
        design_or_run: The path of a saved drawing, or a design in any form. A run, or the folder of one: its model is
            measured as it is, and may have been trained for at most ``max_steps``.
        corpus: A text, its built-in name, or a file.
        below: The loss in nats per token that the design must get under.
        max_steps: How long it is trained.
        tokenizer: Its name; a run brings its own.
        config: Further training settings, by the names of ``TrainConfig``; the design's own recipe plays no part.
        max_parameters: A larger design is refused instead of trained: a slip of the hand must not fill the memory.
        max_minutes: A training that takes longer ends and is not passed.

    Returns:
        The validation loss, in nats per token.

    Raises:
        GradingError: for a design that cannot be built, is too large or too slow, sees the future, or does not learn enough.
    """
    given = _as_run(design_or_run)
    if isinstance(given, Run | SavedRun):
        stack, dataset, loss = _measure_run(given, corpus, max_steps)
    else:
        stack = read_design(given)
        _refuse(stack, max_parameters)
        stack, dataset, loss = _train(stack, corpus, tokenizer, {"max_steps": max_steps, **(config or {})}, max_minutes)
    if not loss < below:
        raise GradingError(_not_enough(stack, dataset, loss, below))
    return Loss(loss)


def _as_run(given: Any) -> Any:
    """A run's folder as the run; anything else as it is."""
    is_folder = isinstance(given, str | os.PathLike) and len(os.fspath(given)) < 1000 and Path(given).is_dir()
    if not is_folder:
        return given
    try:
        return load_run(Path(given))
    except RunError as error:
        raise GradingError(error.message) from error


def _refuse(stack: LayerStack, max_parameters: int) -> None:
    """What is not worth a training."""
    if (count := describe(stack).parameters) > max_parameters:
        raise GradingError(
            say(
                en=f"The design has {count:,} parameters and is not trained here: at most {max_parameters:,} are. Make it "
                "smaller.",
                ko=f"설계의 파라미터가 {count:,}개라 여기서는 학습하지 않습니다. 최대 {max_parameters:,}개입니다. 더 작게 만드세요.",
            )
        )
    if wrong := list(not_causal(stack)):
        raise GradingError("\n".join(wrong))


def _train(
    stack: LayerStack, corpus: Corpus | str | Path, tokenizer: str, settings: dict[str, Any], max_minutes: float
) -> tuple[LayerStack, Dataset, float]:
    context = min(describe(stack).context_length or _LONGEST_CONTEXT, _LONGEST_CONTEXT)
    settings = {**_RECIPE, "context_length": context, "eval_every": settings["max_steps"], **settings}
    try:
        plan = make_plan(stack, corpus, tokenizer, TrainConfig(**settings))
    except LayerStackError as error:  # a vocabulary smaller than the tokenizer's
        raise cannot_be_built(error) from error
    with torch.random.fork_rng(devices=[]), _one_thread(), _no_warnings():
        model = build_model(plan.stack, seed=plan.config.seed, device=plan.device)
        loss = _follow(model, plan, max_minutes)
    _refuse_cheating(model)
    return plan.stack, plan.dataset, loss


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """Computes in one thread: the same numbers whatever the machine's cores, and a steady pace where others use them too.

    Two threads are half as fast again on an idle machine, and up to twenty times slower where a third wants a core: at every
    small matrix they wait for each other.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """Keeps stderr empty: nbgrader gives no marks for a test cell that writes there, whatever it says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _follow(model: LanguageModel, plan: Plan, max_minutes: float) -> float:
    deadline = time.monotonic() + 60 * max_minutes
    loss, steps = float("nan"), plan.total_steps
    assert steps is not None  # max_steps is among the settings
    events = train_events(model, plan.dataset, plan.tokenizer, plan.config)
    with contextlib.closing(events):
        try:
            for event in events:
                if isinstance(event, Evaluation):
                    loss = event.val_loss
                elif isinstance(event, Step) and time.monotonic() > deadline and event.step < steps:
                    raise GradingError(_too_slow(event.step, steps, max_minutes))
        except DivergedError as error:
            raise GradingError(error.message) from error
    return loss


def _measure_run(run: Run | SavedRun, corpus: Corpus | str | Path, max_steps: int) -> tuple[LayerStack, Dataset, float]:
    if isinstance(run, Run) and run.state.is_active:
        run.wait()
    if run.error is not None:
        raise GradingError(getattr(run.error, "message", str(run.error))) from run.error
    if run.model is None:
        raise GradingError(
            say(
                en="The run was stopped before it began and has no model. Train it again.",
                ko="실행이 시작하기 전에 멈춰서 모델이 없습니다. 다시 학습하세요.",
            )
        )
    if run.step > max_steps:
        raise GradingError(
            say(
                en=f"The run was trained for {run.step} steps, but at most {max_steps} are allowed. Train it again with "
                f"max_steps={max_steps}.",
                ko=f"실행이 {run.step}스텝 학습했는데 최대 {max_steps}스텝까지 됩니다. max_steps={max_steps}로 다시 학습하세요.",
            )
        )
    context = min(run.model.context_length or _LONGEST_CONTEXT, _LONGEST_CONTEXT)
    dataset = prepare(load_corpus(corpus), run.tokenizer, context)
    looking = evaluate(run.model, dataset.validation, TrainConfig(**_RECIPE), run.step, dataset.bytes_per_token)
    while True:
        try:
            next(looking)
        except StopIteration as end:
            _refuse_cheating(run.model)
            return run.stack, dataset, end.value.val_loss


def _refuse_cheating(model: LanguageModel) -> None:
    if sees_the_future(model):
        raise GradingError(
            say(
                en="The model's guesses change with the tokens that come after them: it sees what it is to guess, so its loss "
                "means nothing. Every layer that looks at other tokens must be causal.",
                ko="뒤에 오는 토큰에 따라 모델의 예측이 바뀝니다. 맞혀야 할 것을 미리 보므로 손실이 아무 뜻도 없습니다. "
                "다른 토큰을 보는 모든 레이어가 인과적(causal)이어야 합니다.",
            )
        )


def _too_slow(step: int, steps: int, max_minutes: float) -> str:
    return say(
        en=f"In {max_minutes:g} minutes only {step} of {steps} steps were done. Use fewer parameters or fewer repeats.",
        ko=f"{max_minutes:g}분 동안 {steps}스텝 가운데 {step}스텝만 끝났습니다. 파라미터나 반복 횟수를 줄이세요.",
    )


def _not_enough(stack: LayerStack, dataset: Dataset, loss: float, below: float) -> str:
    marks_en, marks_ko = baseline(stack, dataset)
    hints = "\n".join(f"- {hint}" for hint in advice(stack))
    return say(
        en=f"After the training the validation loss is {loss:.3f} nats per token, but it must be below {below:g} ({marks_en})."
        f"\n{hints}",
        ko=f"학습 뒤의 검증 손실이 토큰마다 {loss:.3f}나트인데 {below:g}보다 작아야 합니다({marks_ko}).\n{hints}",
    )
