"""A design as an SVG picture: for pages where no widget can be shown."""

from __future__ import annotations

import html

from slm_widgets.widgets.colours import INK, QUIET, WRONG, fill_of
from slm_widgets.widgets.model_drawing import Card, Drawing
from slm_widgets.widgets.model_layout import LINE, PAD, ROOM, WIDTH, Box, Way, lay_out, lines_of, wide

# Text outside the boxes follows the page's theme where it says its colours, and stays readable where not.
_HALF = WIDTH / 2 - 10  # from the edge of a frame to the arrow in its middle
_OUTSIDE = "var(--jp-ui-font-color1, #57606a)"


def model_svg(drawing: Drawing) -> str:
    """Draws boxes under each other, what reads from elsewhere with a way round at the left, residuals as dashed arcs at their right.

    Whatever a design says (labels, types, values) is escaped.

    Returns:
        One ``<svg>`` element.
    """
    layout = lay_out(drawing)
    boxes, width, height = layout.boxes, layout.width, layout.height
    arcs = [_arc(boxes[w.source], boxes[w.target], way) for w, way in layout.ways.items() if w.kind == "side"]
    branches = [_branch(boxes[w.source], boxes[w.target], way) for w, way in layout.ways.items() if w.kind == "branch"]
    frames = [_draw(card, boxes[card.key]) for card in drawing.cards if card.kind == "frame"]
    others = [_draw(card, boxes[card.key]) for card in drawing.cards if card.kind != "frame"]
    flows = [_arrow(boxes[w.source], boxes[w.target]) for w in drawing.wires if w.kind == "flow"]
    body = "".join([*frames, *flows, *branches, *arcs, *others])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'role="img" font-family="system-ui, sans-serif" font-size="12" style="max-width:100%;height:auto">'
        f'<defs><marker id="slm-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{QUIET}"/></marker></defs>{body}</svg>'
    )


def _arc(source: Box, target: Box, way: Way) -> str:
    """A dashed way round at the right."""
    left = source.right + (3 if source.height < 10 else 1)  # a point is small
    start, end, out = way.start, way.end, way.lane
    return (
        f'<path d="M{left:g} {start:g}H{out - 10:g}Q{out:g} {start:g} {out:g} {start + 10:g}V{end - 10:g}'
        f'Q{out:g} {end:g} {out - 10:g} {end:g}H{target.right + 1:g}" fill="none" stroke="{QUIET}" stroke-width="1.5" '
        'stroke-dasharray="5 4" marker-end="url(#slm-tip)"/>'
    )


def _branch(source: Box, target: Box, way: Way) -> str:
    """A way round at the left, from below one box to above another, as the flow runs."""
    middle, start, end, out = source.x + source.width / 2, way.start, way.end, way.lane
    return (
        f'<path d="M{middle:g} {source.bottom:g}V{start:g}H{out + 8:g}Q{out:g} {start:g} {out:g} {start + 8:g}V{end - 8:g}'
        f'Q{out:g} {end:g} {out + 8:g} {end:g}H{middle:g}V{target.y - 1:g}" fill="none" stroke="{QUIET}" '
        'stroke-width="1.5" marker-end="url(#slm-tip)"/>'
    )


def _arrow(source: Box, target: Box) -> str:
    x = source.x + source.width / 2
    return (
        f'<path d="M{x:g} {source.bottom:g}V{target.y - 1:g}" stroke="{QUIET}" stroke-width="1.5" '
        'marker-end="url(#slm-tip)"/>'
    )


def _draw(card: Card, box: Box) -> str:
    at = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    middle = box.x + box.width / 2
    tip = f"<title>{html.escape(card.problem)}</title>" if card.problem else ""
    if card.kind == "point":
        return f'<circle cx="{middle:g}" cy="{box.y + 4:g}" r="4" fill="{QUIET}"/>'
    if card.kind == "end":
        words = html.escape(" · ".join([card.title, *card.lines]))
        return f'<text x="{middle:g}" y="{box.y + 18:g}" text-anchor="middle" fill="{_OUTSIDE}">{words}</text>'
    if card.kind == "frame":
        _, colour = fill_of("block")
        edge = WRONG if card.problem else colour
        y, words = box.y + 19, " ".join(card.lines)
        # Title at the left, numbers at the right: the arrow comes in between.
        return (
            f'<g>{tip}<rect {at} rx="10" fill="{colour}" fill-opacity=".07" stroke="{edge}" stroke-width="1.2"/>'
            f'<text x="{box.x + 12:g}" y="{y:g}" fill="{_OUTSIDE}" font-weight="600"{_squeeze(card.title, _HALF)}>'
            f"{html.escape(card.title)}</text>"
            f'<text x="{box.x + box.width - 12:g}" y="{y:g}" text-anchor="end" fill="{_OUTSIDE}"{_squeeze(words, _HALF)}>'
            f"{html.escape(words)}</text></g>"
        )
    fill, edge = fill_of(card.group)
    lines = [
        f'<text x="{middle:g}" y="{box.y + PAD + 12 + LINE * number:g}" text-anchor="middle" fill="{INK}"'
        f"{' font-weight=' + chr(34) + '600' + chr(34) if number == 0 else ' opacity=' + chr(34) + '.8' + chr(34)}"
        f"{_squeeze(line)}>{html.escape(line)}</text>"
        for number, line in enumerate((card.title, *lines_of(card)))
    ]
    edge, thick = (WRONG, 2) if card.problem else (edge, 1.2)
    return f'<g>{tip}<rect {at} rx="7" fill="{fill}" stroke="{edge}" stroke-width="{thick}"/>{"".join(lines)}</g>'


def _squeeze(line: str, width: float = ROOM) -> str:
    """Pulls a long line together to a width."""
    return f' textLength="{width}" lengthAdjust="spacingAndGlyphs"' if wide(line) > width else ""
