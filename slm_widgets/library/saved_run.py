"""A run read back from its folder."""

from __future__ import annotations

import json
import os
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_widgets.data import Corpus, Tokenizer, load_tokenizer
from slm_widgets.errors import (
    ConfigError,
    CorpusError,
    DivergedError,
    RunError,
    SLMError,
    TokenizerError,
    TrainingError,
)
from slm_widgets.language import say
from slm_widgets.library import layout
from slm_widgets.library.ancestry import Parent, read_parent
from slm_widgets.library.cell_output import cell_output
from slm_widgets.library.checkpoint_reading import latest_whole
from slm_widgets.library.checkpoints import WEIGHTS, Checkpoint, checkpoints
from slm_widgets.library.corpus_copy import kept_corpus
from slm_widgets.library.descendant import Descendant
from slm_widgets.library.ownership import has_lost_owner, is_over_untold
from slm_widgets.library.reading_lines import last_lines, read_lines
from slm_widgets.library.records import read_record
from slm_widgets.library.run_json import missing, read_facts, read_json, unreadable
from slm_widgets.library.weights import load_weights
from slm_widgets.model import build_model
from slm_widgets.stack import LayerStack, parse_stack
from slm_widgets.training import CheckpointSaved, Choice, History, RunState, Sample, TrainConfig

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

_ERRORS = {kind.__name__: kind for kind in (DivergedError, TrainingError, ConfigError, CorpusError, TokenizerError)}


class SavedRun(Descendant):
    """A run as its folder tells it, at the moment of ``load_run``; reads like a ``Run``. A cell that ends with one shows its figure.

    The model, the tokenizer and the text are loaded on first use, from safetensors, JSON and plain text: nothing in a folder is
    executed.
    """

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self.folder = folder
        self.name: str = str(facts.get("name", folder.name))
        self.created: str = str(facts.get("created", ""))
        self.facts = facts
        self.state, self.error = _state_and_error(folder, facts)
        self.entropy_floor: float | None = facts.get("entropy_floor")
        self.max_steps: int | None = facts.get("max_steps")
        self.ended_early = str(facts.get("ended_early") or "") if self.state is RunState.FINISHED else ""

    @cached_property
    def stack(self) -> LayerStack:
        """The design, vocabulary filled in."""
        return parse_stack(self._present(layout.STACK))

    @cached_property
    def origin(self) -> Parent | None:
        """The design and settings that it was changed from, None where that is not known."""
        return read_parent(self.folder, self.facts.get("parent") or {})

    @cached_property
    def config(self) -> TrainConfig:
        """The settings of the training."""
        return TrainConfig(**read_json(self._present(layout.CONFIG)))

    @property
    def choices(self) -> list[Choice]:
        """What ``auto`` chose, and why."""
        try:
            return [Choice(**choice) for choice in self.facts.get("choices") or []]
        except TypeError as error:
            raise unreadable(self.folder / layout.RUN, error) from error

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer it was trained with."""
        return load_tokenizer(self._present(layout.TOKENIZER))

    @cached_property
    def corpus(self) -> Corpus:
        """The text it was trained on; RunError where that is missing or no longer the same."""
        return kept_corpus(self.folder)

    @property
    def corpus_name(self) -> str:
        """What the text is called; the text itself need not be read for it."""
        return str(self.facts.get("corpus") or "")

    @property
    def checkpoints(self) -> list[Checkpoint]:
        """What is there now to go on from, the newest first."""
        return checkpoints(self.folder)

    @property
    def can_resume(self) -> bool:
        """Whether ``resume`` can go on with it: it has stopped on its way, by whatever cause, and left a checkpoint."""
        return self.state in (RunState.STOPPED, RunState.FAILED) and bool(self.checkpoints)

    @property
    def was_cut_off(self) -> bool:
        """Whether its program ended in the middle of it."""
        return self.state is RunState.FAILED and not RunState(self.facts["state"]).is_over

    @property
    def has_model(self) -> bool:
        """Whether it left weights, those of its end or of a checkpoint."""
        return (self.folder / layout.WEIGHTS).is_file() or bool(self.checkpoints)

    @cached_property
    def model(self) -> LanguageModel:
        """The trained model on the CPU, in eval mode; a tie between weights is that of the design.

        A run that did not come to its end, because it is still on its way or was killed, has the weights of its last checkpoint
        (not of its best). Where that is damaged, a warning says so, and it is the one before.

        Raises:
            RunError: where the weights are missing or belong to another design.
        """
        model = build_model(self.stack, seed=self.config.seed)
        path = self.folder / layout.WEIGHTS
        if not path.is_file():
            checkpoint, _, sentences = latest_whole(self.folder)
            for sentence in sentences:
                warnings.warn(sentence, stacklevel=2)
            if checkpoint is not None:
                path = checkpoint.path / WEIGHTS
        load_weights(model, path)
        return model.eval()

    @property
    def history(self) -> dict[str, list[float]]:
        """The numbers as columns; see ``Run.history``."""
        return self.recorded.columns()

    @property
    def samples(self) -> list[Sample]:
        """The texts that the model wrote while it learned."""
        return self.recorded.samples()

    @property
    def elapsed_s(self) -> float:
        """Seconds that it trained, pauses left out; of a run that came to no end about, where it has more than 20,000 steps."""
        told = self.facts.get("elapsed_s")
        if RunState(self.facts["state"]).is_over and isinstance(told, int | float):
            return float(told)
        times = self.history["step_time_s"]
        return sum(times) * self.step / len(times) if times else 0.0

    @cached_property
    def step(self) -> int:
        """How many steps it took."""
        # A run that came to an end wrote it down. Of any other, the record knows; its end is enough to read.
        if RunState(self.facts["state"]).is_over and isinstance(self.facts.get("step"), int):
            return self.facts["step"]
        path = self.folder / layout.METRICS
        try:
            records = (json.loads(line) for line in last_lines(path))
            return next((record["step"] for record in records if record["kind"] == "step"), 0)
        except (ValueError, TypeError, KeyError, OSError) as error:
            raise unreadable(path, error) from error

    @cached_property
    def best_val_loss(self) -> float | None:
        """The lowest validation loss in nats per token, None where none was measured."""
        if RunState(self.facts["state"]).is_over and isinstance(told := self.facts.get("best_val_loss"), float):
            return told
        # One that goes on, or that began again, may have another than at its last end.
        return self.recorded.best_val_loss

    @cached_property
    def recorded(self) -> History:
        """Everything that was recorded, read once.

        Of a step of which two checkpoints were kept, before its evaluation and after it, the later one is told of.
        """
        history = History()
        kept: CheckpointSaved | None = None
        for name in (layout.METRICS, layout.SAMPLES):
            path = self.folder / name
            try:
                for line in read_lines(path):
                    event = read_record(line)
                    if not isinstance(event, CheckpointSaved):
                        history.add(event)
                        continue
                    if kept is not None and kept.step != event.step:
                        history.add(kept)
                    kept = event
            except (ValueError, TypeError, KeyError, OSError) as error:
                raise unreadable(path, error) from error
        if kept is not None:
            history.add(kept)
        return history

    def _present(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise missing(path)
        return path

    def __repr__(self) -> str:
        try:
            best = self.best_val_loss
            numbers = f"step {self.step}" + (f", best val_loss {best:.3f}" if best is not None else "")
        except RunError as error:  # a list of runs shows the others all the same
            numbers = error.message
        return f"<SavedRun {self.name!r} {self.state}: {numbers}, {self.folder}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Its figure and its numbers in a notebook, text elsewhere."""
        return cell_output(self, [self])


def load_run(folder: str | os.PathLike[str]) -> SavedRun:
    """Reads a run's folder.

    A run that was training when its process ended reads FAILED, with a sentence.

    Raises:
        RunError: where this is not the folder of a run, or its run.json cannot be read.
    """
    if not isinstance(folder, str | os.PathLike):
        raise RunError(
            say(
                en=f"A run is read from its folder, and a {type(folder).__name__} is none. Give the folder as text or as a Path: "
                "slm.runs() lists what there is.",
                ko=f"실행은 폴더에서 읽습니다. {type(folder).__name__}은(는) 폴더가 아닙니다. 폴더를 문자열이나 Path로 주세요. "
                "slm.runs()가 있는 것을 보여 줍니다.",
            ),
            field="folder",
        )
    path = Path(folder).expanduser().resolve()
    return SavedRun(path, read_facts(path))


def runs(folder: str | Path | None = None) -> list[SavedRun]:
    """Lists the runs of a folder (``runs_folder()`` unless given), the newest first.

    A folder whose run.json cannot be read is passed over with a warning that says which and why.
    """
    parent = layout.runs_folder() if folder is None else Path(folder)
    found = []
    for path in sorted(parent.glob(f"*/{layout.RUN}")) if parent.is_dir() else []:
        try:
            found.append(load_run(path.parent))
        except RunError as error:
            warnings.warn(error.message, stacklevel=2)
    # By time, and where two began in the same moment by the name, which then ends in a number.
    return sorted(found, key=lambda run: (run.created, run.folder.name), reverse=True)


def _state_and_error(folder: Path, facts: dict[str, Any]) -> tuple[RunState, SLMError | None]:
    state = RunState(facts["state"])
    if state.is_over:
        return state, _stored_error(facts.get("error"))
    if not has_lost_owner(folder, facts):
        return state, None
    owner = facts.get("process") or {}
    pid, host = owner.get("pid"), owner.get("host")
    found = checkpoints(folder)
    if found:
        remains = say(
            en=f'What it had recorded is here, and so is its checkpoint of step {found[0].step}: resume it with slm.resume("{folder}").',
            ko=f'기록과 {found[0].step}스텝의 체크포인트가 남아 있습니다. slm.resume("{folder}")(으)로 이어서 학습하세요.',
        )
    else:
        remains = say(
            en=f'What it had recorded is here; its weights were not saved. slm.resume("{folder}") begins it anew.',
            ko=f'기록은 남아 있지만 가중치는 저장되지 않았습니다. slm.resume("{folder}")(으)로 처음부터 다시 학습하세요.',
        )
    if is_over_untold(folder, facts):
        ended = say(
            en="This run is over, but its end could not be written into its folder: the disk was full, or the folder cannot be "
            "written.",
            ko="이 실행은 끝났지만, 디스크가 가득 찼거나 폴더에 쓸 수 없어서 끝났다는 기록을 남기지 못했습니다.",
        )
    else:
        ended = say(
            en=f"The process that trained this run (id {pid} on {host}) ended without finishing it.",
            ko=f"이 실행을 학습하던 프로세스(id {pid}, {host})가 끝내지 못하고 사라졌습니다.",
        )
    return RunState.FAILED, RunError(f"{ended} {remains}")


def _stored_error(stored: dict[str, Any] | None) -> SLMError | None:
    """The error of a failed run, of its own class where that is one of the training's."""
    if stored is None:
        return None
    kind = _ERRORS.get(stored.get("type", ""), RunError)
    return kind(stored.get("message", ""), field=stored.get("field"))
