"""A design as an SVG picture: for pages where no widget can be shown."""

from __future__ import annotations

import html

from slm_widgets.widgets.colours import FILLS, INK, WRONG, fill_of
from slm_widgets.widgets.model_drawing import Card, Drawing, Wire
from slm_widgets.widgets.model_layout import LANE, LINE, PAD, WIDTH, Box, lay_out

# Text and lines outside the boxes follow the page's theme where it says its colours, and stay readable where not.
_OUTSIDE, _QUIET = "var(--jp-ui-font-color1, #57606a)", "#8a94a0"


def model_svg(drawing: Drawing) -> str:
    """Draws boxes under each other, residuals as dashed arcs at their right.

    Whatever a design says (labels, types, values) is escaped.

    Returns:
        One ``<svg>`` element.
    """
    layout = lay_out(drawing)
    boxes, width, height = layout.boxes, layout.width, layout.height
    arcs = [_arc(boxes[w.source], boxes[w.target]) for w in drawing.wires if w.kind == "side"]
    frames = [_draw(card, boxes[card.key]) for card in drawing.cards if card.kind == "frame"]
    others = [_draw(card, boxes[card.key]) for card in drawing.cards if card.kind != "frame"]
    flows = [_arrow(boxes[w.source], boxes[w.target]) for w in drawing.wires if w.kind == "flow" and _near(boxes, w)]
    far = [_far(boxes[w.source], boxes[w.target]) for w in drawing.wires if w.kind == "flow" and not _near(boxes, w)]
    body = "".join([*frames, *flows, *far, *arcs, *others])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12" style="max-width:100%;height:auto">'
        f'<defs><marker id="slm-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{_QUIET}"/></marker></defs>{body}</svg>'
    )


def _near(boxes: dict[str, Box], wire: Wire) -> bool:
    """Whether no other box lies between the two ends."""
    above, below = boxes[wire.source].bottom, boxes[wire.target].y
    return not any(box.width <= WIDTH and above <= box.y and box.bottom <= below for box in boxes.values())


def _arc(source: Box, target: Box) -> str:
    """A dashed way round at the right, the longer the further out; it leaves low and arrives high, so that two can meet."""
    is_point = source.height < 10
    start = source.y + source.height * (0.5 if is_point else 0.7)
    end, right = target.y + target.height * 0.3, target.x + target.width
    out = right + min(16 + (end - start) / 12, LANE - 8)
    left = source.x + source.width + (3 if is_point else 1)
    return (
        f'<path d="M{left:g} {start:g}H{out - 10:g}Q{out:g} {start:g} {out:g} {start + 10:g}V{end - 10:g}'
        f'Q{out:g} {end:g} {out - 10:g} {end:g}H{right + 1:g}" fill="none" stroke="{_QUIET}" stroke-width="1.5" '
        'stroke-dasharray="5 4" marker-end="url(#slm-tip)"/>'
    )


def _arrow(source: Box, target: Box) -> str:
    x = source.x + source.width / 2
    return (
        f'<path d="M{x:g} {source.bottom:g}V{target.y - 1:g}" stroke="{_QUIET}" stroke-width="1.5" '
        'marker-end="url(#slm-tip)"/>'
    )


def _far(source: Box, target: Box) -> str:
    """A flow that passes other boxes goes round them at the left."""
    start, end, out = source.y + source.height / 2, target.y + target.height / 2, target.x - 10
    return (
        f'<path d="M{source.x:g} {start:g}H{out:g}V{end:g}H{target.x - 1:g}" fill="none" stroke="{_QUIET}" '
        'stroke-width="1.5" marker-end="url(#slm-tip)"/>'
    )


def _draw(card: Card, box: Box) -> str:
    at = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    middle = box.x + box.width / 2
    tip = f"<title>{html.escape(card.problem)}</title>" if card.problem else ""
    if card.kind == "point":
        return f'<circle cx="{middle:g}" cy="{box.y + 4:g}" r="4" fill="{_QUIET}"/>'
    if card.kind == "end":
        words = html.escape(" · ".join([card.title, *card.lines]))
        return f'<text x="{middle:g}" y="{box.y + 18:g}" text-anchor="middle" fill="{_OUTSIDE}">{words}</text>'
    if card.kind == "frame":
        edge = WRONG if card.problem else FILLS["block"][1]
        y = box.y + 19
        # Title at the left, numbers at the right: the arrow comes in between.
        return (
            f'<g>{tip}<rect {at} rx="10" fill="{FILLS["block"][1]}" fill-opacity=".07" stroke="{edge}" stroke-width="1.2"/>'
            f'<text x="{box.x + 12:g}" y="{y:g}" fill="{_OUTSIDE}" font-weight="600"{_squeeze(card.title, 126)}>'
            f"{html.escape(card.title)}</text>"
            f'<text x="{box.x + box.width - 12:g}" y="{y:g}" text-anchor="end" fill="{_OUTSIDE}">'
            f"{html.escape(' '.join(card.lines))}</text></g>"
        )
    fill, edge = fill_of(card.group)
    lines = [
        f'<text x="{middle:g}" y="{box.y + PAD + 12 + LINE * number:g}" text-anchor="middle" fill="{INK}"'
        f"{' font-weight=' + chr(34) + '600' + chr(34) if number == 0 else ' opacity=' + chr(34) + '.8' + chr(34)}"
        f"{_squeeze(line)}>{html.escape(line)}</text>"
        for number, line in enumerate((card.title, *card.lines))
    ]
    edge, thick = (WRONG, 2) if card.problem else (edge, 1.2)
    return f'<g>{tip}<rect {at} rx="7" fill="{fill}" stroke="{edge}" stroke-width="{thick}"/>{"".join(lines)}</g>'


def _squeeze(line: str, width: float = WIDTH - 16) -> str:
    """Pulls a long line together to a width; Hangul is about twice as wide as Latin letters."""
    wide = sum(12 if ord(letter) > 0x1100 else 6.6 for letter in line)
    return f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if wide > width else ""
