"""Several runs in one table, the best first: what differs between them, and what came of it."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from slm_widgets.errors import sentence_of
from slm_widgets.fields import form_fields
from slm_widgets.language import Text, say
from slm_widgets.layers import layer_types
from slm_widgets.running.comparison import (
    CORPUS,
    DESIGN,
    Compared,
    Outcome,
    count_parameters,
    differing,
    outcome,
    perplexity,
)
from slm_widgets.running.grid import value_text
from slm_widgets.training import Evaluation, Event, RunState, Step, TrainConfig

RULES = """
.slm .slm-wide-table, .slm .slm-wide-table > .widget-html-content { width: 100%; min-width: 0; overflow: hidden; }
.slm .slm-runs { overflow-x: auto; width: 100%; }
.slm .slm-runs table { border-collapse: collapse; font-size: 12.5px; color: var(--slm-text); }
.slm .slm-runs th, .slm .slm-runs td { padding: 3px 12px 3px 0; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums;
  border-bottom: 1px solid var(--slm-line); background: transparent; color: var(--slm-text); }
.slm .slm-runs th { font-weight: 600; font-size: 11.5px; color: var(--slm-quiet); vertical-align: bottom; white-space: normal; }
.slm .slm-runs th:first-child, .slm .slm-runs td:first-child { text-align: left; max-width: min(320px, 36vw); overflow: hidden; text-overflow: ellipsis;
  position: sticky; left: 0; background: var(--slm-back); }
.slm .slm-runs td i { display: inline-block; width: 20px; height: 3px; margin-right: 7px; vertical-align: middle; }
.slm .slm-runs tr.slm-best td { font-weight: 600; }
"""
"""Rules of the table, beside what all widgets share."""

_RESULTS = {
    "parameters": Text(en="parameters", ko="파라미터"),
    "best_val_loss": Text(en="best validation loss", ko="최저 검증 손실"),
    "val_loss": Text(en="last validation loss", ko="마지막 검증 손실"),
    "perplexity": Text(en="perplexity", ko="퍼플렉시티"),
    "bits_per_byte": Text(en="bits per byte", ko="바이트당 비트"),
    "steps": Text(en="steps", ko="스텝"),
    "seconds": Text(en="seconds", ko="걸린 시간(초)"),
    "state": Text(en="state", ko="상태"),
}
_WRITTEN: dict[str, Callable[[float], str]] = {
    "parameters": "{:,.0f}".format,
    "steps": "{:,.0f}".format,
    "seconds": "{:,.1f}".format,
    "perplexity": "{:,.2f}".format,
}


@dataclass
class Row:
    """What is known of one run; kept up to date by its events, so that a table costs nothing to draw again.

    Args:
        name: What the legend calls it.
        run: The run.
        parameters: How many numbers it learns.
        results: What came of it so far.
    """

    name: str
    run: Compared
    parameters: int
    results: Outcome
    values: dict[str, Any] = field(default_factory=dict)

    def hear(self, events: Sequence[Event]) -> None:
        """Takes note of some events; those that it heard of before change nothing."""
        known = vars(self.results) | {"steps": self.run.step}
        for event in events:
            if isinstance(event, Evaluation):
                known["val_loss"] = event.val_loss
                if math.isfinite(event.val_loss) and not event.val_loss >= known["best_val_loss"]:
                    known["best_val_loss"], known["perplexity"] = event.val_loss, perplexity(event.val_loss)
                    known["bits_per_byte"] = event.bits_per_byte
            elif isinstance(event, Step):
                known["steps"] = max(known["steps"], event.step)
        self.results = Outcome(**known | {"seconds": self.run.elapsed_s})

    def numbers(self) -> dict[str, float]:
        """The results by the names of their columns."""
        return {"parameters": self.parameters, **vars(self.results)}


def read_rows(runs: Sequence[Compared], names: Sequence[str]) -> list[Row]:
    """The rows of a table, with all that the runs did so far."""
    varying = differing(runs)
    return [
        Row(
            *(name, run, count_parameters(run.stack), outcome(run)),
            {key: values[number] for key, values in varying.items()},
        )
        for number, (run, name) in enumerate(zip(runs, names, strict=True))
    ]


def table(rows: Sequence[Row], lines: Sequence[str]) -> str:
    """The table as HTML in the chosen language, the lowest validation loss first; whatever is in a name stays text.

    Args:
        rows: One a run.
        lines: How the figure draws each run, as a CSS background.
    """
    keys = list(rows[0].values) if rows else []
    shown = [key for key in _RESULTS if key == "state" or any(_is_known(row.numbers()[key]) for row in rows)]
    order = sorted(range(len(rows)), key=lambda number: _rank(rows[number].results.best_val_loss))
    titles = [say(en="run", ko="실행"), *map(_title, keys), *(str(_RESULTS[key]) for key in shown)]
    head = "".join(f"<th>{html.escape(title)}</th>" for title in titles)
    body = "".join(_row(rows[number], lines[number], keys, shown, number == order[0]) for number in order)
    return f'<div class="slm-runs"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def failures(rows: Sequence[Row]) -> str:
    """Why some runs failed, as plain text, one line each; empty where none did."""
    return "\n".join(f"{row.name}: {sentence_of(row.run.error)}" for row in rows if row.run.error is not None)


def _row(row: Row, line: str, keys: Sequence[str], shown: Sequence[str], is_first: bool) -> str:
    numbers = row.numbers()
    cells = [f'<i style="background:{line}"></i>{html.escape(row.name)}']
    cells += [html.escape("–" if row.values[key] is None else value_text(row.values[key])) for key in keys]
    state = RunState(row.run.state).label
    cells += [html.escape(state if key == "state" else _number(key, numbers[key])) for key in shown]
    is_best = is_first and _is_known(row.results.best_val_loss)
    inside = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="slm-best">{inside}</tr>' if is_best else f"<tr>{inside}</tr>"


def _number(key: str, value: float) -> str:
    return _WRITTEN.get(key, "{:.3f}".format)(value) if _is_known(value) else "–"


def _is_known(value: float) -> bool:
    return not math.isnan(value)


def _rank(loss: float) -> tuple[bool, float]:
    return (math.isnan(loss), loss)


def _title(key: str) -> str:
    """What a form calls a setting or the field of a layer; the id of the layer goes before it."""
    if key == DESIGN:
        return say(en="design", ko="설계")
    if key == CORPUS:
        return say(en="text", ko="글")
    form = {one["name"]: one["title"] for one in TrainConfig.fields_for_form()}
    if key in form:
        return form[key]
    id, _, name = key.rpartition(".")
    titles = _layer_titles()
    return f"{id} · {titles.get(name, name)}" if id else titles.get(name, name)


def _layer_titles() -> Mapping[str, str]:
    return {one["name"]: one["title"] for layer in layer_types().values() for one in form_fields(layer)}
