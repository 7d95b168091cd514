"""A run read back from its folder."""

from __future__ import annotations

import json
import time
import warnings
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from slm_widgets.data import Tokenizer, load_tokenizer
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
from slm_widgets.library import run_folder
from slm_widgets.library.files import read_lines
from slm_widgets.library.process import is_alive
from slm_widgets.library.records import read_record
from slm_widgets.library.weights import load_weights
from slm_widgets.model import build_model
from slm_widgets.stack import LayerStack, parse_stack
from slm_widgets.training import History, RunState, Sample, TrainConfig

if TYPE_CHECKING:
    from slm_widgets.model import LanguageModel

# A run of another machine (a shared drive) that has written nothing for so long is taken for dead.
_SILENT_S = 3600

_ERRORS = {kind.__name__: kind for kind in (DivergedError, TrainingError, ConfigError, CorpusError, TokenizerError)}


class SavedRun:
    """A run as its folder tells it, at the moment of ``load_run``; reads like a ``Run``.

    The model and the tokenizer are loaded on first use, from safetensors and JSON: nothing in a folder is executed.
    """

    def __init__(self, folder: Path, facts: dict[str, Any]) -> None:
        self.folder = folder
        self.name: str = str(facts.get("name", folder.name))
        self.created: str = str(facts.get("created", ""))
        self.facts = facts
        self.state, self.error = _state_and_error(folder, facts)
        self.entropy_floor: float | None = facts.get("entropy_floor")
        self.max_steps: int | None = facts.get("max_steps")

    @cached_property
    def stack(self) -> LayerStack:
        """The design, vocabulary filled in."""
        return parse_stack(self._present(run_folder.STACK))

    @cached_property
    def config(self) -> TrainConfig:
        """The settings of the training."""
        return TrainConfig(**_read_json(self._present(run_folder.CONFIG)))

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer it was trained with."""
        return load_tokenizer(self._present(run_folder.TOKENIZER))

    @cached_property
    def model(self) -> LanguageModel:
        """The trained model on the CPU, in eval mode; a tie between weights is that of the design.

        Raises:
            RunError: where the weights are missing or belong to another design.
        """
        model = build_model(self.stack, seed=self.config.seed)
        load_weights(model, self.folder / run_folder.WEIGHTS)
        return model.eval()

    @property
    def history(self) -> dict[str, list[float]]:
        """The numbers as columns; see ``Run.history``."""
        return self._recorded.columns()

    @property
    def samples(self) -> list[Sample]:
        """The texts that the model wrote while it learned."""
        return self._recorded.samples()

    @property
    def step(self) -> int:
        """How many steps were recorded."""
        return self._recorded.last_step

    @cached_property
    def _recorded(self) -> History:
        history = History()
        for name in (run_folder.METRICS, run_folder.SAMPLES):
            path = self.folder / name
            try:
                for line in read_lines(path):
                    history.add(read_record(line))
            except (ValueError, TypeError, KeyError, OSError) as error:
                raise _unreadable(path, error) from error
        return history

    def _present(self, name: str) -> Path:
        path = self.folder / name
        if not path.exists():
            raise RunError(
                say(
                    en=f"{path} is missing, so this part of the run cannot be read. Restore it from where the folder came from.",
                    ko=f"{path}이(가) 없어 이 부분을 읽을 수 없습니다. 폴더를 가져온 곳에서 복구하세요.",
                )
            )
        return path

    def __repr__(self) -> str:
        return f"<SavedRun {self.name!r} {self.state} in {self.folder}>"


def load_run(folder: str | Path) -> SavedRun:
    """Reads a run's folder.

    A run that was training when its process ended reads FAILED, with a sentence.

    Raises:
        RunError: where this is not the folder of a run, or its run.json cannot be read.
    """
    path = Path(folder).expanduser().resolve()
    if not (path / run_folder.RUN).is_file():
        raise RunError(
            say(
                en=f"{path} is not the folder of a run: it holds no {run_folder.RUN}. Runs lie in {run_folder.runs_folder()}; "
                "runs() lists them.",
                ko=f"{path}은(는) 실행 폴더가 아닙니다. {run_folder.RUN} 파일이 없습니다. 실행은 {run_folder.runs_folder()}에 있고, "
                "runs()로 볼 수 있습니다.",
            ),
            field="folder",
        )
    facts = _read_json(path / run_folder.RUN)
    if facts.get("format") != run_folder.FORMAT or facts.get("version") != run_folder.VERSION:
        raise RunError(
            say(
                en=f"{path / run_folder.RUN} is in a format that this version does not read "
                f"({facts.get('format')!r}, version {facts.get('version')!r}). Use the version that wrote it.",
                ko=f"{path / run_folder.RUN} 파일의 형식({facts.get('format')!r}, 버전 {facts.get('version')!r})을 이 버전에서 "
                "읽을 수 없습니다. 파일을 쓴 버전을 사용하세요.",
            )
        )
    if facts.get("state") not in list(RunState):
        raise _unreadable(path / run_folder.RUN, ValueError(f"state {facts.get('state')!r}"))
    return SavedRun(path, facts)


def runs(folder: str | Path | None = None) -> list[SavedRun]:
    """Lists the runs of a folder (``runs_folder()`` unless given), the newest first.

    A folder whose run.json cannot be read is passed over with a warning that says which and why.
    """
    parent = run_folder.runs_folder() if folder is None else Path(folder)
    found = []
    for path in sorted(parent.glob(f"*/{run_folder.RUN}")) if parent.is_dir() else []:
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
    owner = facts.get("process") or {}
    alive = is_alive(owner)
    if alive is None:
        alive = _silent_for_s(folder) < _SILENT_S
    if alive:
        return state, None
    return RunState.FAILED, RunError(
        say(
            en=f"The process that trained this run (id {owner.get('pid')} on {owner.get('host')}) ended without finishing it. "
            "What it had recorded is here; its weights were not saved. Train it again.",
            ko=f"이 실행을 학습하던 프로세스(id {owner.get('pid')}, {owner.get('host')})가 끝내지 못하고 사라졌습니다. "
            "기록은 남아 있지만 가중치는 저장되지 않았습니다. 다시 학습하세요.",
        )
    )


def _stored_error(stored: dict[str, Any] | None) -> SLMError | None:
    """The error of a failed run, of its own class where that is one of the training's."""
    if stored is None:
        return None
    kind = _ERRORS.get(stored.get("type", ""), RunError)
    return kind(stored.get("message", ""), field=stored.get("field"))


def _silent_for_s(folder: Path) -> float:
    """Seconds since anything in the folder was written."""
    return time.time() - max(path.stat().st_mtime for path in (folder, *folder.iterdir()))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    if not isinstance(value, dict):
        raise _unreadable(path, TypeError(type(value).__name__))
    return value


def _unreadable(path: Path, error: Exception) -> RunError:
    return RunError(
        say(
            en=f"{path} cannot be read ({error}). The file is damaged: restore it, or delete the folder.",
            ko=f"{path} 파일을 읽을 수 없습니다({error}). 파일이 손상되었습니다. 복구하거나 폴더를 지우세요.",
        )
    )
