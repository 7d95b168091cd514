"""A design as a picture that stands by itself: a file, a handout, a page that shows no widgets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from slm_widgets.language import say, use_language
from slm_widgets.stack import analyse
from slm_widgets.widgets.border import sentence
from slm_widgets.widgets.picture.face import FACTS
from slm_widgets.widgets.picture.model_drawing import Drawing, Extent, draw_model
from slm_widgets.widgets.picture.model_svg import Line, model_svg
from slm_widgets.widgets.picture.text_widths import clean, shorten, wrap
from slm_widgets.widgets.picture.themes import Paint
from slm_widgets.widgets.texts import editor_texts

MOST_CARDS = 400
"""Of a larger design, first the inner blocks are closed, then all of them; then layers in the middle are left out."""

_FEW_CARDS, _FEW_BYTES = (100, 40, 12), 60_000
_NAME = 16
_ROOM = 390  # about as wide as a column with a frame
_TOLD = 3


def design_svg(
    layers: Any,
    config: Any = None,
    *,
    theme: str = "light",
    language: str | None = None,
    analysis: Mapping[str, Any] | None = None,
    most_cards: int = MOST_CARDS,
) -> str:
    """Draws a design as the editor does, with its name, its size and its problems.

    Designs that are half finished, wrong, or too large to be drawn whole are drawn as far as that goes.

    Args:
        layers: The raw nodes.
        config: The design's config.
        theme: ``light``, ``dark``, or ``auto``: as the reader's system is set.
        language: ``"en"`` or ``"ko"``; None for the current language.
        analysis: What ``slm_widgets.stack.analyse`` says about the design, where that is known already.
        most_cards: How many layers are drawn at most, about.

    Returns:
        The text of an SVG file.

    Raises:
        ConfigError: for an unknown theme or language.
    """
    Paint(theme)
    with use_language(language):
        try:
            nodes = [node for node in layers if isinstance(node, dict)] if isinstance(layers, list) else []
            values = dict(config) if isinstance(config, Mapping) else {}
            found = analyse(nodes, values) if analysis is None else analysis
            drawing = draw_model(nodes, found, extent=_extent(nodes, most_cards)) if nodes else Drawing()
            return model_svg(drawing, theme=theme, heading=_heading(nodes, values, found))
        except Exception as error:  # a picture is drawn of whatever somebody has in a file
            return model_svg(Drawing(), theme=theme, heading=tuple(_lines(sentence(error), "error", 6)))


def small_design_svg(layers: Any, config: Any, *, language: str, analysis: Mapping[str, Any]) -> str:
    """The picture in at most 60,000 bytes, for what is kept in a notebook; "" where not even a part of it fits."""
    drawn = (design_svg(layers, config, language=language, analysis=analysis, most_cards=cards) for cards in _FEW_CARDS)
    return next((svg for svg in drawn if len(svg.encode()) <= _FEW_BYTES), "")


def _extent(nodes: list[Any], most: int) -> Extent:
    """As many levels of blocks as there is room for."""
    sizes: Counter[int] = Counter()
    waiting = [(node, 0) for node in nodes]
    while waiting:
        node, level = waiting.pop()
        sizes[level] += 1
        children = node.get("children") if isinstance(node, dict) else None
        waiting += [(child, level + 1) for child in children] if isinstance(children, list) else []
    levels, cards = 0, sizes[0]
    while sizes[levels + 1] and cards + sizes[levels + 1] <= most:
        levels += 1
        cards += sizes[levels]
    return Extent(levels, max(most, 2))


def _heading(nodes: list[Any], config: Mapping[str, Any], analysis: Mapping[str, Any]) -> tuple[Line, ...]:
    texts = editor_texts()
    name = clean(config.get("name") or config.get("modelName") or "") or say(en="Model", ko="모델")
    lines = [Line(shorten(name, _ROOM, _NAME, is_bold=True), _NAME, is_bold=True, colour="ink")]
    if not nodes:
        return (*lines, Line(say(en="Nothing is drawn yet.", ko="아직 그린 것이 없습니다.")))
    facts = _facts(analysis.get("total", {}), texts)
    lines += [Line(words) for words in wrap(facts, _ROOM, FACTS, lines=3, between=" · ")] if facts else []
    problems = analysis.get("problems", [])
    if problems:
        is_error = any(problem["severity"] == "error" for problem in problems)
        count = texts["many_problems"].replace("{n}", f"{len(problems):,}")
        colour = "error" if is_error else "warning"
        lines.append(Line(texts["one_problem"] if len(problems) == 1 else count, is_bold=True, colour=colour))
    # Those of a layer are told on its card.
    for problem in [problem for problem in problems if problem["layer_id"] is None][:_TOLD]:
        lines += _lines(problem["message"], "error" if problem["severity"] == "error" else "warning", 3)
    return tuple(lines)


def _facts(total: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    words = [
        f"{texts[name]} {total[key]:,}"
        for name, key in (("parameters", "parameters"), ("context", "context_length"), ("vocabulary", "vocab_size"))
        if isinstance(total.get(key), int)
    ]
    assumed = f" {texts['assumed']}" if total.get("vocab_assumed") and isinstance(total.get("vocab_size"), int) else ""
    return " · ".join(words) + assumed


def _lines(words: str, colour: str, most: int) -> list[Line]:
    return [Line(line, colour=colour) for line in wrap(clean(words), _ROOM, FACTS, lines=most)]
