"""A design as an ipycytoscape graph. The only file that knows ipycytoscape, whose last release is of 2022."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ipycytoscape
import ipywidgets

from slm_widgets.widgets.picture.colours import INK, QUIET, WRONG, fill_of
from slm_widgets.widgets.picture.model_drawing import Card, Drawing, Wire
from slm_widgets.widgets.picture.model_layout import FRAME_PAD, ROOM, WIDTH, Layout, lay_out, lines_of, wide

_HIGHEST_PX = 1400

_HALF = WIDTH / 2 - 10  # from the edge of a frame to the line in its middle
_HEAD = 19  # from the upper edge of a frame to the middle of its title

# A canvas knows no CSS variables: colours that can be read on white and on black.
_STYLE: list[dict[str, Any]] = [
    {
        "selector": "node",
        "style": {
            **{"shape": "round-rectangle", "width": "data(width)", "height": "data(height)"},
            **{"background-color": "data(fill)", "border-color": "data(edge)", "border-width": "data(thick)"},
            **{"label": "data(words)", "color": INK, "font-family": "system-ui, sans-serif", "font-size": 12},
            **{"line-height": 1.35, "text-wrap": "wrap", "text-max-width": f"{ROOM}px"},
            **{"text-valign": "center", "text-halign": "center"},
        },
    },
    {"selector": "node.block", "style": {"border-style": "double", "border-width": 4, "font-weight": "bold"}},
    {
        "selector": "node.frame",
        "style": {
            # As wide as lay_out says: the cards, and the lanes beside them; as high: the title above them.
            **{"padding": f"{FRAME_PAD}px", "min-width": "data(width)", "min-height": "data(height)"},
            **{"min-width-bias-left": "data(left)", "min-width-bias-right": "data(right)"},
            **{"min-height-bias-top": "100%", "min-height-bias-bottom": "0%"},
            **{"background-opacity": 0.08, "color": "data(edge)", "text-valign": "top", "text-wrap": "ellipsis"},
            **{"text-margin-y": 23, "text-margin-x": "data(shift)", "text-max-width": f"{_HALF}px"},
        },
    },
    {
        "selector": "node.numbers",
        "style": {
            **{"background-opacity": 0, "border-width": 0, "color": "data(edge)", "events": "no"},
            **{"text-wrap": "ellipsis", "text-max-width": "data(room)", "text-halign": "left"},
        },
    },
    {"selector": "node.point", "style": {"shape": "ellipse", "background-color": QUIET, "border-width": 0}},
    {
        "selector": "node.end",
        "style": {"background-opacity": 0, "border-width": 0, "color": QUIET, "font-weight": "bold"},
    },
    {
        "selector": "edge",
        "style": {
            **{"width": 1.6, "line-color": QUIET, "curve-style": "straight", "target-arrow-color": QUIET},
            "arrow-scale": 0.9,
        },
    },
    {"selector": "edge.directed", "style": {"target-arrow-shape": "triangle"}},
    {
        "selector": "edge.side, edge.branch",
        "style": {
            **{"curve-style": "segments", "edge-distances": "node-position"},
            **{"segment-weights": "data(weights)", "segment-distances": "data(distances)"},
        },
    },
    {
        "selector": "edge.side",
        "style": {"line-style": "dashed", "source-endpoint": "50% 20%", "target-endpoint": "50% -20%"},
    },
    {"selector": "edge.branch", "style": {"source-endpoint": "0% 50%", "target-endpoint": "0% -50%"}},
]


def cytoscape_widget(drawing: Drawing, on_click: Callable[[str], object]) -> ipywidgets.DOMWidget:
    """Makes a widget of a drawing.

    Args:
        drawing: Boxes and arrows.
        on_click: Gets the key of the box that was clicked, perhaps on another thread.
    """
    layout = lay_out(drawing)
    graph = ipycytoscape.Graph()
    graph.add_nodes([*(_node(card, layout) for card in drawing.cards), *_numbers(drawing, layout)])
    edges = [_edge(wire, layout) for wire in drawing.wires]
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


def _node(card: Card, layout: Layout) -> ipycytoscape.Node:
    box = layout.boxes[card.key]
    is_frame = card.kind == "frame"
    fill, edge = fill_of("block" if is_frame else card.group)
    data: dict[str, Any] = {
        "id": card.key,
        "words": _words(card),
        "fill": edge if is_frame else fill,
        "edge": WRONG if card.problem else edge,
        "thick": 2.5 if card.problem else 1.4,
        "width": box.width,
        "height": box.height,
    }
    if card.parent is not None:
        data["parent"] = card.parent
    if is_frame:
        return ipycytoscape.Node(data={**data, **_frame_sizes(card, layout)}, classes=card.kind)
    x, y = box.centre
    return ipycytoscape.Node(data=data, classes=card.kind, position={"x": x, "y": y})


def _frame_sizes(card: Card, layout: Layout) -> dict[str, Any]:
    """Cytoscape finds the place of a frame by what is inside it, and adds the padding itself; how the rest of its width is shared
    out between left and right, it is told."""
    box, inside = layout.boxes[card.key], layout.inside(card.key)
    return {
        "width": box.width - 2 * FRAME_PAD,
        "height": box.height - 2 * FRAME_PAD,
        "left": f"{min(child.x for child in inside) - box.x - FRAME_PAD:g}%",
        "right": f"{box.right - FRAME_PAD - max(child.right for child in inside):g}%",
        "shift": min(wide(card.title), _HALF) / 2 + 10 - box.width / 2,
    }


def _numbers(drawing: Drawing, layout: Layout) -> Iterator[ipycytoscape.Node]:
    """The numbers of each frame, at the right of its head: the line comes in between its title and them."""
    taken = set(layout.boxes)
    for card in drawing.cards:
        if card.kind != "frame":
            continue
        box, words, name = layout.boxes[card.key], " ".join(card.lines), f"{card.key} numbers"
        while name in taken:
            name += "'"
        taken.add(name)
        room = box.right - layout.inside(card.key)[0].centre[0] - 16
        data = {
            "id": name,
            "words": words,
            "width": 1,
            "height": 1,
            "fill": QUIET,
            "edge": fill_of("block")[1],
            "thick": 0,
        }
        data["room"] = f"{room:g}px"
        if card.parent is not None:
            data["parent"] = card.parent
        # The words end where the node begins.
        yield ipycytoscape.Node(data=data, classes="numbers", position={"x": box.right - 9, "y": box.y + _HEAD})


def _edge(wire: Wire, layout: Layout) -> ipycytoscape.Edge:
    data: dict[str, Any] = {
        "id": f"{wire.source}>{wire.target}>{wire.kind}",
        "source": wire.source,
        "target": wire.target,
    }
    way = layout.ways.get(wire)
    if way is not None:
        (middle, start), (_, end) = layout.boxes[wire.source].centre, layout.boxes[wire.target].centre
        length = max(end - start, 1.0)
        # Corners, as shares of the straight line between the two middles, and how far to the left of it.
        out, high, low = middle - way.lane, (way.start - start) / length, (way.end - start) / length
        at_lane = wire.kind == "side"
        data["weights"] = f"{high:.4f} {low:.4f}" if at_lane else f"{high:.4f} {high:.4f} {low:.4f} {low:.4f}"
        data["distances"] = f"{out:g} {out:g}" if at_lane else f"0 {out:g} {out:g} 0"
    return ipycytoscape.Edge(data=data, classes=f"{wire.kind} directed")


def _words(card: Card) -> str:
    if card.kind == "frame":
        return card.title
    return (" · " if card.kind == "end" else "\n").join([card.title, *lines_of(card)])
