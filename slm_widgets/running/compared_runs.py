"""Runs that are compared: waited for and stopped together, told in one table."""

from __future__ import annotations

import asyncio
import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any, Self

from slm_widgets.language import say
from slm_widgets.library.cell_output import cell_output
from slm_widgets.running.comparison import rows
from slm_widgets.running.grid import value_text
from slm_widgets.running.run import Run
from slm_widgets.running.waiting import Awaited
from slm_widgets.stack.text_table import in_columns
from slm_widgets.training import RunState


class Sweep(Awaited, Sequence[Run]):
    """Several runs that are compared; ``sweep`` makes it. A cell that ends with one shows it as a figure and a table.

    ``wait`` and ``await`` wait for the end of all runs. A run that fails ends none of the others and raises nothing there: a
    warning says which did, and ``failed`` lists them. An interrupt stops all of them.

    Args:
        name: What it is called.
        runs: The runs, in the order in which they were queued.
    """

    def __init__(self, name: str, runs: Sequence[Run]) -> None:
        self.name = name
        self.runs = tuple(runs)
        self._told: set[str] = set()

    # -- how it stands --------------------------------------------------------------------------------------------------

    def table(self) -> list[dict[str, Any]]:
        """One dict a run, in order: ``name``, ``state``, what differs between the runs, ``parameters``, ``best_val_loss``,
        ``val_loss`` (the last one), ``perplexity``, ``bits_per_byte``, ``steps``, ``seconds``, ``error``; nan is not known yet.
        """
        return rows(self.runs)

    @property
    def best(self) -> Run | None:
        """The run with the lowest validation loss so far; None before the first evaluation."""
        losses = [row["best_val_loss"] for row in self.table()]
        measured = [index for index, loss in enumerate(losses) if loss == loss]
        return self.runs[min(measured, key=losses.__getitem__)] if measured else None

    @property
    def failed(self) -> tuple[Run, ...]:
        """The runs that FAILED; ``run.error`` says why."""
        return tuple(run for run in self.runs if run.state is RunState.FAILED)

    def __getitem__(self, index: Any) -> Any:
        return self.runs[index]

    def __len__(self) -> int:
        return len(self.runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(self.runs)

    # -- the switches ---------------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Asks every run to stop, those that wait too; their models are kept. Returns at once."""
        # From the last to the first: else each of those that wait would begin before it is asked.
        for run in reversed(self.runs):
            run.stop()

    async def until_drained(self) -> None:
        """Lets the loop go on until all are over and recorded; their watchers are told."""
        await asyncio.gather(*(run.until_drained() for run in self.runs))

    def _wait(self, deadline: float | None) -> None:
        while True:
            left = [run for run in self.runs if not run.is_drained]
            for run in self.runs:  # afterwards: the last of them may be over since, and nothing comes after that
                run.deliver()
            if not left:
                return
            interval_s = max(run.interval_s for run in left)
            rest_s = interval_s if deadline is None else min(interval_s, deadline - time.monotonic())
            if rest_s <= 0:
                return
            left[0].drain(rest_s)

    def _result(self) -> Self:
        sentences = [sentence for run in self.runs for sentence in run.notices]
        sentences += [_failed_sentence(run) for run in self.failed]
        for sentence in dict.fromkeys(sentences):  # of MLflow every run may say the same
            if sentence not in self._told:
                self._told.add(sentence)
                warnings.warn(sentence, stacklevel=3)
        return self

    # -- showing --------------------------------------------------------------------------------------------------------

    def __repr__(self) -> str:
        table = self.table()
        known = {"name", "state", "best_val_loss", "steps", "seconds", "parameters"}
        hidden = {"val_loss", "perplexity", "bits_per_byte", "error"}
        varying = [key for key in (table[0] if table else {}) if key not in known | hidden]
        keys = ["name", "state", *varying, "parameters", "best_val_loss", "steps", "seconds"]
        return f"<Sweep {self.name!r}>\n" + in_columns(
            [keys, *([_cell(key, row[key]) for key in keys] for row in table)]
        )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """The figure and the table in a notebook, text elsewhere."""
        return cell_output(self, self)

    def _stopped_sentence(self) -> str:
        return say(
            en=f"Stopped {len(self.runs)} runs. Their models are kept: sweep.runs.",
            ko=f"실행 {len(self.runs)}개를 멈췄습니다. 모델은 sweep.runs에 남아 있습니다.",
        )


def _failed_sentence(run: Run) -> str:
    reason = run.logbook.reason
    return say(
        en=f"The run {run.name!r} failed: {reason} The other runs are not affected.",
        ko=f"실행 {run.name!r}이(가) 실패했습니다: {reason} 다른 실행에는 영향이 없습니다.",
    )


def _cell(key: str, value: Any) -> str:
    if key == "state":
        return RunState(value).label
    if isinstance(value, float) and value != value:
        return "–"
    if key == "best_val_loss":
        return f"{value:.3f}"
    if key == "seconds":
        return f"{value:.1f}"
    if key in ("parameters", "steps"):
        return f"{value:,}"
    return str(value) if key == "name" else "–" if value is None else value_text(value)
