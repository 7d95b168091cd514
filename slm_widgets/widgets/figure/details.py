"""What is shown of the marker that was opened."""

from __future__ import annotations

import html
import math
from collections.abc import Callable

import ipywidgets

from slm_widgets.language import say
from slm_widgets.training import CheckpointSaved, Evaluation
from slm_widgets.widgets.border import set_tooltip
from slm_widgets.widgets.figure.markers import Opened


class Details(ipywidgets.HBox):
    """A pane below the figure with all that is known about one evaluation, checkpoint or sample.

    Names and texts come from files and models; they are shown as the characters that they are.

    Args:
        on_close: Called when a person closes it.
    """

    def __init__(self, on_close: Callable[[], object]) -> None:
        self._words = ipywidgets.HTML()
        self._words.add_class("slm-opened")
        self._close = ipywidgets.Button(description="×")
        self._close.add_class("slm-tool")
        self._close.on_click(lambda _: on_close())
        super().__init__([self._words, self._close])
        self.add_class("slm-details")
        self.show(None)

    @property
    def text(self) -> str:
        """What it shows, as HTML; empty while it is closed."""
        return self._words.value

    def speak(self) -> None:
        """Says what its button does in the current language."""
        set_tooltip(self._close, say(en="Close", ko="닫기"))

    def show(self, opened: Opened | None) -> None:
        """Shows one in the current language, or nothing at all."""
        self._words.value = "" if opened is None else _described(opened)
        self.layout.display = "none" if opened is None else None


def _described(opened: Opened) -> str:
    if isinstance(opened, Evaluation):
        title = say(en="Evaluation", ko="평가")
        body = _facts(_evaluation_facts(opened))
    elif isinstance(opened, CheckpointSaved):
        title = say(en="Checkpoint", ko="체크포인트")
        best = say(en="yes, so far", ko="예, 이때까지") if opened.is_best else say(en="no", ko="아니요")
        body = _facts(
            [
                (say(en="folder", ko="폴더"), opened.name),
                (say(en="validation loss", ko="검증 손실"), _number(opened.val_loss, ".4f")),
                (say(en="best of those kept?", ko="남긴 것 중 가장 좋은가요?"), best),
            ]
        )
    else:
        title = say(en="Sample", ko="예문")
        body = f'<div class="slm-page"><em>{html.escape(opened.prompt)}</em>{html.escape(opened.text)}</div>'
    at = say(en=f"step {opened.step:,}", ko=f"{opened.step:,}스텝")
    return f'<div class="slm-heading">{title} · {at}</div>{body}'


def _evaluation_facts(evaluation: Evaluation) -> list[tuple[str, str]]:
    perplexity = evaluation.perplexity
    if math.isnan(perplexity) and evaluation.val_loss < 700:  # older runs did not write it down
        perplexity = math.exp(evaluation.val_loss)
    return [
        (say(en="validation loss", ko="검증 손실"), _number(evaluation.val_loss, ".4f")),
        (say(en="perplexity", ko="퍼플렉시티"), _number(perplexity, ",.2f")),
        (say(en="bits per byte", ko="바이트당 비트"), _number(evaluation.bits_per_byte, ".4f")),
        (say(en="next-token accuracy", ko="다음 토큰 정확도"), _number(evaluation.accuracy, ".1%")),
        (say(en="top-5 accuracy", ko="상위 5개 정확도"), _number(evaluation.top5_accuracy, ".1%")),
        (say(en="macro F1", ko="매크로 F1"), _number(evaluation.macro_f1, ".3f")),
    ]


def _number(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "–"


def _facts(facts: list[tuple[str, str]]) -> str:
    pairs = (f'<div class="slm-fact"><span>{html.escape(k)}</span><b>{html.escape(v)}</b></div>' for k, v in facts)
    return f'<div class="slm-facts">{"".join(pairs)}</div>'
