"""A design as an ipycytoscape graph. The only file that knows ipycytoscape, whose last release is of 2022."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipycytoscape
import ipywidgets

from slm_widgets.widgets.colours import FILLS, INK, WRONG, fill_of
from slm_widgets.widgets.model_drawing import Card, Drawing, Wire
from slm_widgets.widgets.model_layout import FRAME_PAD, LANE, WIDTH, Box, lay_out

_GREY = "#8a94a0"
_HIGHEST_PX = 1400

# A canvas knows no CSS variables: colours that can be read on white and on black.
_STYLE: list[dict[str, Any]] = [
    {
        "selector": "node",
        "style": {
            **{"shape": "round-rectangle", "width": "data(width)", "height": "data(height)"},
            **{"background-color": "data(fill)", "border-color": "data(edge)", "border-width": "data(thick)"},
            **{"label": "data(words)", "color": INK, "font-family": "system-ui, sans-serif", "font-size": 12},
            **{"line-height": 1.35, "text-wrap": "wrap", "text-max-width": f"{WIDTH - 12}px"},
            **{"text-valign": "center", "text-halign": "center"},
        },
    },
    {"selector": "node.block", "style": {"border-style": "double", "border-width": 4, "font-weight": "bold"}},
    {
        "selector": "node.frame",
        "style": {
            # As wide as lay_out says: the cards, and the lane for residuals at their right; as high: the title above them.
            **{"padding": f"{FRAME_PAD}px", "min-width": "data(width)", "min-height": "data(height)"},
            **{"min-width-bias-left": "0%", "min-width-bias-right": "100%"},
            **{"min-height-bias-top": "100%", "min-height-bias-bottom": "0%"},
            **{"background-opacity": 0.08, "color": "#7086e0", "text-valign": "top"},
            **{
                "text-margin-y": 42,
                "text-margin-x": "data(shift)",
                "text-max-width": "150px",
                "text-justification": "left",
            },
        },
    },
    {"selector": "node.point", "style": {"shape": "ellipse", "background-color": _GREY, "border-width": 0}},
    {
        "selector": "node.end",
        "style": {"background-opacity": 0, "border-width": 0, "color": _GREY, "font-weight": "bold"},
    },
    {
        "selector": "edge",
        "style": {
            **{"width": 1.6, "line-color": _GREY, "curve-style": "straight", "target-arrow-color": _GREY},
            "arrow-scale": 0.9,
        },
    },
    {"selector": "edge.directed", "style": {"target-arrow-shape": "triangle"}},
    {
        "selector": "edge.round",
        "style": {
            **{"curve-style": "segments", "edge-distances": "node-position"},
            **{"source-endpoint": "50% 20%", "target-endpoint": "50% -20%"},
            **{"segment-weights": "data(weights)", "segment-distances": "data(distances)"},
        },
    },
    {"selector": "edge.side", "style": {"line-style": "dashed"}},
]


def cytoscape_widget(drawing: Drawing, on_click: Callable[[str], object]) -> ipywidgets.DOMWidget:
    """Makes a widget of a drawing.

    Args:
        drawing: Boxes and arrows.
        on_click: Gets the key of the box that was clicked, perhaps on another thread.
    """
    layout = lay_out(drawing)
    graph = ipycytoscape.Graph()
    graph.add_nodes([_node(card, layout.boxes[card.key]) for card in drawing.cards])
    edges = [_edge(wire, layout.boxes) for wire in drawing.wires]
    graph.add_edges(edges, directed=True, multiple_edges=True)
    widget = ipycytoscape.CytoscapeWidget(
        graph,
        cytoscape_style=_STYLE,
        cytoscape_layout={"name": "preset", "fit": True, "padding": 6, "animate": False},
        layout=ipywidgets.Layout(width="100%", height=f"{min(layout.height + 12, _HIGHEST_PX):g}px"),
        min_zoom=0.25,
        max_zoom=1.0,
        user_zooming_enabled=False,  # the wheel scrolls the notebook
        auto_ungrabify=True,
        tooltip_source="",  # it would be read as HTML
    )
    widget.on("node", "click", lambda node: on_click(str(node.get("data", {}).get("id", ""))))
    return widget


def close_widget(widget: Any) -> None:
    """Lets go of a widget and of the many models behind it."""
    for part in (*widget.graph.edges, *widget.graph.nodes, widget.graph, widget.layout, widget):
        part.close()


def _node(card: Card, box: Box) -> ipycytoscape.Node:
    is_frame = card.kind == "frame"
    fill, edge = FILLS["block"] if is_frame else fill_of(card.group)
    data: dict[str, Any] = {
        "id": card.key,
        "words": (" · " if card.kind == "end" else "\n").join([card.title, *card.lines]),
        "fill": edge if is_frame else fill,
        "edge": WRONG if card.problem else edge,
        "thick": 2.5 if card.problem else 1.4,
        "width": box.width,
        "height": box.height,
    }
    if card.parent is not None:
        data["parent"] = card.parent
    x, y = box.centre
    if is_frame:
        # Cytoscape finds the place of a frame by what is inside it, and adds the padding itself.
        data["width"], data["height"] = box.width - 2 * FRAME_PAD, box.height - 2 * FRAME_PAD
        longest = max(_wide(line) for line in (card.title, *card.lines))
        data["shift"] = min(longest, 150) / 2 + 10 - box.width / 2
        return ipycytoscape.Node(data=data, classes=card.kind)
    return ipycytoscape.Node(data=data, classes=card.kind, position={"x": x, "y": y})


def _edge(wire: Wire, boxes: dict[str, Box]) -> ipycytoscape.Edge:
    source, target = boxes[wire.source], boxes[wire.target]
    data: dict[str, Any] = {
        "id": f"{wire.source}>{wire.target}>{wire.kind}",
        "source": wire.source,
        "target": wire.target,
    }
    classes = f"{wire.kind} directed"
    if wire.kind == "side":
        (_, start), (_, end) = source.centre, target.centre
        length = max(end - start, 1.0)
        # Down the lane at the right: out low, in high, so that two can meet at one box.
        low, high = source.height * 0.2 / length, 1 - target.height * 0.2 / length
        out = -(WIDTH / 2 + min(16 + length / 12, LANE - 8))
        data["weights"], data["distances"] = f"{low:.4f} {high:.4f}", f"{out:g} {out:g}"
        classes += " round"
    return ipycytoscape.Edge(data=data, classes=classes)


def _wide(line: str) -> float:
    """About how wide a line of text is; Hangul is about twice as wide as Latin letters."""
    return sum(12 if ord(letter) > 0x1100 else 6.3 for letter in line)
