"""A design as an SVG picture that looks as the editor draws it: for files, and for pages where no widget can be shown."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

from slm_widgets.widgets.picture.face import FACTS, LEFT, RIGHT, TITLE, WIDTH, Face, badge_width, face_of
from slm_widgets.widgets.picture.model_drawing import Card, Drawing
from slm_widgets.widgets.picture.model_layout import Box, Layout, Sizes, Way, lay_out
from slm_widgets.widgets.picture.text_widths import FONTS, clean, width_of
from slm_widgets.widgets.picture.themes import Paint

_TIP, _ROUND = 6, 8
_MARGIN = 16
_HEAD_LINE = 19


@dataclass(frozen=True)
class Line:
    """A line of words above a picture: ``colour`` is a name of the paint's."""

    words: str
    size: float = FACTS
    is_bold: bool = False
    colour: str = "muted"


def model_svg(drawing: Drawing, *, theme: str = "page", heading: tuple[Line, ...] = ()) -> str:
    """Draws cards under each other, frames round the layers of a block, and what runs beside the column.

    Whatever a design says (labels, types, values) is escaped.

    Args:
        drawing: Boxes and arrows.
        theme: ``light``, ``dark``, ``auto`` (as the reader's system is set), or ``page``: see-through, in the colours of the
            notebook that it stands in.
        heading: What is written above it.

    Returns:
        One ``<svg>`` element, which is a file by itself.
    """
    faces = {card.key: face_of(card) for card in drawing.cards}
    layout, paint = lay_out(drawing, picture_sizes(faces)), Paint(theme)
    head = sum(_HEAD_LINE + (line.size - FACTS) for line in heading) + (8 if heading else 0)
    width = max(
        layout.width, *(width_of(line.words, line.size, is_bold=line.is_bold) + 2 * _MARGIN for line in heading), 0
    )
    width, height = round(width + 0.5), round(max(layout.height, _MARGIN) + head + 0.5)
    column = "".join([_cards(drawing, layout, faces, paint, "frame"), _wires(drawing, layout, paint),
                      _cards(drawing, layout, faces, paint, "other")])  # fmt: skip
    body = _heading(heading, paint) + f'<g transform="translate({(width - layout.width) / 2:g} {head:g})">{column}</g>'
    if theme != "page":
        body = f'<path d="M0 0H{width}V{height}H0z" fill="{paint["ground"]}"/>{body}'
    fluid = ' style="max-width:100%;height:auto"' if theme == "page" else ""
    label = html.escape(" · ".join(line.words for line in heading[:2]))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="slm-design" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{label}" font-family="{FONTS}" font-size="{FACTS:g}"{fluid}>'
        f"{paint.rules()}{body}</svg>"
    )


def picture_sizes(faces: Mapping[str, Face]) -> Sizes:
    """The sizes of a picture's cards, with these words on them."""

    def height_of(card: Card) -> float:
        return 24 if card.kind == "end" else faces[card.key].height

    return Sizes(WIDTH, height_of, foot=18, branch_room=20, margin=_MARGIN, is_from_line=True)


def _heading(lines: tuple[Line, ...], paint: Paint) -> str:
    texts, y = [], float(_MARGIN)
    for line in lines:
        y += _HEAD_LINE + (line.size - FACTS)
        style = f' font-size="{line.size:g}"' + (' font-weight="600"' if line.is_bold else "")
        texts.append(_text(_MARGIN, y - 5, line.words, paint[line.colour], style))
    return "".join(texts)


def _text(x: float, y: float, words: str, colour: str, style: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" fill="{colour}"{style}>{html.escape(words)}</text>' if words else ""


_AT_RIGHT = ' text-anchor="end"'
_BOLD = f' font-size="{TITLE}" font-weight="600"'


def _cards(drawing: Drawing, layout: Layout, faces: dict[str, Face], paint: Paint, kind: str) -> str:
    chosen = [card for card in drawing.cards if (card.kind == "frame") == (kind == "frame") and card.kind != "point"]
    return "".join(_draw(card, layout.boxes[card.key], faces[card.key], paint) for card in chosen)


def _draw(card: Card, box: Box, face: Face, paint: Paint) -> str:
    if card.kind == "end":
        words = clean(" · ".join([card.title, *card.lines]))
        return _text(box.centre[0], box.y + 16, words, paint["muted"], ' text-anchor="middle"')
    hue, is_frame = paint.hue("block" if card.kind == "frame" else card.group), card.kind == "frame"
    edge = paint[card.severity if card.severity == "warning" else "error"] if card.problem else ""
    look = f'fill="{hue}" fill-opacity=".07"' if is_frame else f'fill="{paint["card"]}"'
    faint = ' stroke-opacity=".55"' if is_frame and not edge else ""
    dashes = ' stroke-dasharray="5 4"' if card.kind == "rest" else ""
    bar = f'<path d="M{box.x + 7:g} {box.y + 7:g}V{box.bottom - 7:g}" stroke="{hue}" stroke-width="4" stroke-linecap="round"/>'
    return (
        f'<rect x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}" rx="{8 if is_frame else 6}" {look} '
        f'stroke="{edge or (hue if is_frame else paint["line"])}"{faint}{dashes}/>'
        f"{'' if is_frame else bar}{_words(card, box, face, paint, edge)}"
    )


def _words(card: Card, box: Box, face: Face, paint: Paint, edge: str) -> str:
    left, right, muted = box.x + (14 if card.kind == "frame" else LEFT), box.right - RIGHT, paint["muted"]
    first, second, third = (box.y + line for line in face.baselines)
    after = left + width_of(face.title, TITLE, is_bold=True) + 8
    pill = badge_width(face.badge)
    parts = [
        _text(left, first, face.title, paint["ink"], _BOLD),
        _pill(after, first, face.badge, paint),
        _text(after + (pill + 8 if pill else 0), first, face.beside, muted),
        _text(right, first, face.numbers, muted, _AT_RIGHT),
        *(_text(right, second + 17 * row, words, muted, _AT_RIGHT) for row, words in enumerate(face.sizes)),
        *(_text(left, second + 17 * row, words, muted) for row, words in enumerate(face.facts)),
        *(_text(left, third + 17 * row, words, edge) for row, words in enumerate(face.problem)),
    ]
    if face.problem:
        parts.append(f'<path d="M{left:g} {third - 16:g}H{right:g}" stroke="{edge}" stroke-opacity=".3"/>')
    return "".join(parts)


def _pill(x: float, baseline: float, words: str, paint: Paint) -> str:
    if not words:
        return ""
    hue, length = paint.hue("block"), badge_width(words) - 18
    shape = f"M{x + 9:g} {baseline - 14:g}h{length:g}a9 9 0 0 1 0 18h{-length:g}a9 9 0 0 1 0-18z"
    return f'<path d="{shape}" fill="{hue}" fill-opacity=".2"/>' + _text(
        x + 9 + length / 2, baseline - 1, words, paint["ink"], ' text-anchor="middle" font-size="12" font-weight="600"'
    )


def _wires(drawing: Drawing, layout: Layout, paint: Paint) -> str:
    """All lines, in two colours: what flows, and what is read besides."""
    boxes, cards = layout.boxes, layout.cards
    flows: list[str] = []
    flow_tips: list[str] = []
    arcs: list[str] = []
    arc_tips: list[str] = []
    for wire in drawing.wires:
        target = cards[wire.target]
        # A wire to the point where a frame begins ends at the frame, and another goes on from there.
        end = boxes[target.parent if target.kind == "point" and target.parent else wire.target]
        middle, way = boxes[wire.source].centre[0], layout.ways.get(wire)
        if way is None:
            flows.append(f"M{middle:g} {boxes[wire.source].bottom:g}V{end.y - _TIP:g}")
        elif wire.kind == "branch":
            flows.append(_branch(middle, boxes[wire.source].bottom, end.y, way))
        else:
            flows.append(f"M{middle:g} {boxes[wire.source].bottom:g}V{way.start:g}")
            arcs.append(_arc(middle, end.right, way))
            arc_tips.append(f"M{end.right:g} {way.end:g}l{_TIP}-4v8z")
            continue
        flow_tips.append(f"M{middle:g} {end.y:g}l-4-{_TIP}h8z")
    read = {wire.source for wire in drawing.wires}
    for card in drawing.cards:
        if card.key not in read and card.kind not in ("end", "frame", "point"):  # nobody reads what comes out
            x, y = boxes[card.key].centre[0], boxes[card.key].bottom
            flows.append(f"M{x:g} {y:g}v9m-6 0h12")
    return _paths(flows, flow_tips, paint["wire"]) + _paths(arcs, arc_tips, paint["arc"])


def _paths(lines: list[str], tips: list[str], colour: str) -> str:
    drawn = f'<path d="{"".join(lines)}" fill="none" stroke="{colour}" stroke-width="1.5"/>' if lines else ""
    return drawn + (f'<path d="{"".join(tips)}" fill="{colour}"/>' if tips else "")


def _arc(middle: float, right: float, way: Way) -> str:
    """From the line in the middle out to a lane at the right, down, and back to the side of a card."""
    start, end, lane = way.start, way.end, way.lane
    r = max(min(_ROUND, (end - start) / 2), 0)
    return (
        f"M{middle:g} {start:g}H{lane - r:g}Q{lane:g} {start:g} {lane:g} {start + r:g}V{end - r:g}"
        f"Q{lane:g} {end:g} {lane - r:g} {end:g}H{right + _TIP:g}"
    )


def _branch(middle: float, top: float, bottom: float, way: Way) -> str:
    """A way round at the left, from below one box to above another, as the flow runs."""
    start, end, lane = way.start, way.end, way.lane
    r = max(min(_ROUND, (end - start) / 2), 0)
    return (
        f"M{middle:g} {top:g}V{start:g}H{lane + r:g}Q{lane:g} {start:g} {lane:g} {start + r:g}V{end - r:g}"
        f"Q{lane:g} {end:g} {lane + r:g} {end:g}H{middle:g}V{bottom - _TIP:g}"
    )
