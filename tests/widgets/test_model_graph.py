from __future__ import annotations

import subprocess
import sys
from typing import Any
from xml.etree import ElementTree

import ipywidgets
import pytest
import traitlets

from slm_widgets.errors import ConfigError, LayerStackError
from slm_widgets.stack import describe, preset, presets
from slm_widgets.stack.analysis import analyse
from slm_widgets.widgets import GraphEditor, ModelGraph
from slm_widgets.widgets.picture.model_drawing import draw_model
from slm_widgets.widgets.picture.model_layout import lay_out, lines_of
from slm_widgets.widgets.picture.model_svg import model_svg

EVIL = "<script>alert(1)</script>\"'&"


class Editor(traitlets.HasTraits):
    layer_stack = traitlets.List()
    config = traitlets.Dict()
    language = traitlets.Enum(["en", "ko"], "en")
    vocab_size = traitlets.Int(None, allow_none=True)


def nodes(graph: ModelGraph) -> dict[str, Any]:
    return {node.data["id"]: node for node in graph._picture.graph.nodes}


def edges(graph: ModelGraph, kind: str) -> list[tuple[str, str]]:
    return [(e.data["source"], e.data["target"]) for e in graph._picture.graph.edges if kind in e.classes.split()]


def click(graph: ModelGraph, key: str) -> None:
    content = {"event": "click", "widget": "node", "data": {"data": {"id": key}}}
    graph._picture._handle_custom_msg(content, [])


def test_one_box_a_layer_with_its_numbers_and_a_block_as_one():
    drawn = nodes(ModelGraph("gpt2-nano"))
    report = {row.id: row for row in describe(preset("gpt2-nano")).layers}
    assert drawn["block"].data["words"] == f"Block × 2\n{report['block'].parameters:,} parameters"
    assert drawn["tokens"].data["words"].startswith("Token embedding\n")
    assert f"{report['tokens'].parameters:,} parameters" in drawn["tokens"].data["words"]
    assert "attention" not in drawn


def test_a_click_opens_a_block_and_another_closes_it():
    graph = ModelGraph("gpt2-nano")
    click(graph, "tokens")  # no block
    assert graph.expanded == set()
    click(graph, "block")
    assert nodes(graph)["attention"].data["parent"] == "block"
    assert edges(graph, "side") == [("block:in", "add1"), ("add1", "add2")]
    assert ("positions", "block:in") in edges(graph, "flow")
    assert ("add2", "norm") in edges(graph, "flow")
    assert all("directed" in edge.classes for edge in graph._picture.graph.edges)
    click(graph, "block")
    assert "attention" not in nodes(graph)


def test_pictures_that_were_replaced_are_let_go():
    graph = ModelGraph("gpt2-nano")
    old = graph._picture
    parts = [*old.graph.nodes, *old.graph.edges, old.graph, old]
    graph.toggle("block")
    assert graph._picture is not old
    assert all(part.comm is None for part in parts)


def test_it_follows_an_editor_also_through_designs_that_are_wrong():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    graph = ModelGraph(editor)
    layers = preset("gpt2-nano").layers
    layers[2]["children"][1]["data"]["numHeads"] = 6
    editor.layer_stack = [*layers, {"type": "residual", "data": {"id": "lost", "source": "nowhere"}}, "rubbish"]
    graph.toggle("block")
    drawn = nodes(graph)
    assert drawn["attention"].data["thick"] > drawn["norm1"].data["thick"]
    assert "lost" in drawn
    assert all(source != "nowhere" for source, _ in edges(graph, "side"))
    editor.language = "ko"
    assert nodes(graph)["tokens"].data["words"].startswith("토큰 임베딩")
    assert "파라미터" in nodes(graph)["norm"].data["words"]
    editor.layer_stack = []
    assert len(nodes(graph)) == 2  # what goes in and what comes out


def test_it_follows_the_button_of_a_real_editor_and_keeps_a_language_of_its_own():
    editor = GraphEditor("gpt2-nano", language="en")
    graph, korean = ModelGraph(editor), ModelGraph(editor, language="ko")
    for chosen, title in [("ko", "토큰 임베딩"), ("en", "Token embedding")]:
        editor.set_state({"language": chosen})
        assert nodes(graph)["tokens"].data["words"].startswith(title)
        assert nodes(korean)["tokens"].data["words"].startswith("토큰 임베딩")


def test_a_reference_is_drawn_as_the_design_reads_it():
    def sides(*more: dict[str, Any]) -> list[tuple[str, str]]:
        layers = [
            {"type": "tokenEmbedding", "data": {"id": "tokens"}},
            {"type": "normalization", "data": {"id": "norm"}},
            {"type": "residual", "data": {"id": "add", "source": "norm-in"}},
        ]
        return edges(ModelGraph([*layers, *more]), "side")

    assert sides() == [("tokens", "add")]  # the old spelling of "norm:in"
    # A layer of that very name, though it comes too late, is what is meant.
    assert sides({"type": "normalization", "data": {"id": "norm-in"}}) == []


def layer(kind: str, name: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"id": name, **data}}


PARALLEL = [
    layer("tokenEmbedding", "tokens", embDim=64),
    {
        **layer("transformerBlock", "block", numOfBlocks=2),
        "children": [
            layer("normalization", "norm"),
            layer("mhAttention", "attention", numHeads=4),
            layer("feedForward", "ffn", input="norm"),
            layer("residual", "add1", source="attention"),
            layer("residual", "add2", source="block:in"),
        ],
    },
    layer("linear", "head"),
]
TWO_HALVES = [
    layer("sourceText", "source"),
    layer("tokenEmbedding", "first", embDim=64),
    {**layer("transformerBlock", "encoder"), "children": [layer("feedForward", "think")]},
    layer("tokenEmbedding", "second", embDim=64, input="source:in"),
    {
        **layer("transformerBlock", "decoder"),
        "children": [layer("crossAttention", "cross", numHeads=4, source="encoder")],
    },
    layer("linear", "head"),
]


def test_a_layer_that_reads_from_elsewhere_has_its_wire_from_there_alone():
    graph = ModelGraph(PARALLEL)
    graph.toggle("block")
    assert edges(graph, "branch") == [("norm", "ffn")]
    assert ("attention", "ffn") not in edges(graph, "flow")
    assert edges(graph, "side") == [("attention", "add1"), ("block:in", "add2")]


@pytest.mark.parametrize("broken", ["nowhere", "later", 7])
def test_a_layer_that_reads_what_is_not_there_has_no_wire(broken):
    layers = [layer("tokenEmbedding", "tokens"), layer("linear", "a", input=broken), layer("linear", "later")]
    graph = ModelGraph(layers)
    assert edges(graph, "flow") == [("→", "tokens"), ("a", "later"), ("later", "→ ")]
    assert edges(graph, "branch") == []


def test_an_encoder_and_a_decoder_are_drawn_from_the_two_texts():
    graph = ModelGraph(TWO_HALVES)
    graph.toggle("encoder")
    graph.toggle("decoder")
    assert edges(graph, "branch") == [("→", "second")]
    assert edges(graph, "side") == [("think", "cross")]  # what comes out of the encoder is its last layer's
    assert ("think", "second") not in edges(graph, "flow")


def test_a_closed_block_has_the_wires_of_what_it_takes_from_above_it():
    graph = ModelGraph(preset("transformer-nano"))
    assert edges(graph, "side") == [("encoder", "decoder")]
    graph.toggle("decoder")
    assert ("encoder", "cross_attention") in edges(graph, "side")
    assert ("encoder", "decoder") not in edges(graph, "side")


def test_a_closed_block_takes_what_any_layer_in_it_reads_from_above_and_nothing_of_its_own():
    deep = {
        **layer("transformerBlock", "deep"),
        "children": [
            layer("residual", "own", source="block:in"),
            layer("residual", "deeper", source="deep:in"),
            layer("feedForward", "ffn", input="tokens"),
            layer("residual", "again", source="tokens"),
            layer("residual", "lost", source="nowhere"),
            "rubbish",
        ],
    }
    block = {**layer("transformerBlock", "block"), "children": [layer("normalization", "norm"), deep]}
    graph = ModelGraph([layer("tokenEmbedding", "tokens"), layer("normalization", "first"), block])
    assert edges(graph, "side") == [("tokens", "block")]
    graph.toggle("block")
    assert edges(graph, "side") == [("block:in", "deep"), ("tokens", "deep")]
    graph.toggle("deep")
    assert edges(graph, "branch") == [("tokens", "ffn")]


def test_a_source_text_comes_in_beside_the_text():
    words = {name: node.data["words"] for name, node in nodes(ModelGraph(TWO_HALVES)).items()}
    assert words["→"] == "token ids · B × T"
    assert words["→ source"] == "source token ids · B × S"
    graph = ModelGraph(TWO_HALVES)
    assert ("→ source", "source") in edges(graph, "flow")
    assert edges(graph, "branch") == [("→", "second")]
    assert "→" not in {source for source, _ in edges(graph, "flow")}
    assert "B × S" not in ModelGraph("gpt2-nano").to_svg()


@pytest.mark.parametrize("name", [info.name for info in presets()])
def test_no_line_of_a_card_loses_a_word(name):
    design = preset(name)
    drawing = draw_model(design.layers, analyse(design.layers, design.config))
    picture = ElementTree.fromstring(model_svg(drawing))
    texts = [text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert not [text for text in texts if "…" in text]
    written = "|".join(texts)
    for card in drawing.cards:
        if card.kind in ("layer", "block"):
            assert "".join(lines_of(card)).replace(" · ", "") == "".join(card.lines).replace(" · ", "")
        assert all(words in written for words in (card.name, card.count, card.shape, *card.summary.split(" · ")))


@pytest.mark.parametrize("design", [PARALLEL, TWO_HALVES], ids=["parallel", "two halves"])
@pytest.mark.parametrize("expanded", [None, ()], ids=["open", "closed"])
def test_ways_round_pass_beside_all_boxes_and_end_inside_the_picture(design, expanded):
    drawing = draw_model(design, analyse(design), expanded)
    layout = lay_out(drawing)
    middle = layout.inside(None)[0].centre[0]
    assert {wire.kind for wire in layout.ways} <= {"branch", "side"}
    assert layout.ways or (design is PARALLEL and expanded is not None)
    for wire, way in layout.ways.items():
        assert way.start < way.end
        assert 0 < way.lane < layout.width
        assert (way.lane < middle) == (wire.kind == "branch")
        cards = [layout.boxes[card.key] for card in drawing.cards if card.kind in ("layer", "block")]
        assert not [
            box for box in cards if box.x <= way.lane <= box.right and way.start < box.bottom and box.y < way.end
        ]


def test_an_open_block_has_its_title_and_its_numbers_at_either_side_of_the_line():
    graph = ModelGraph("gpt2-nano", language="ko")
    graph.toggle("block")
    drawn = nodes(graph)
    assert drawn["block"].data["words"] == "트랜스포머 블록 × 2"
    numbers = drawn["block numbers"]
    assert numbers.data["words"].startswith("파라미터")
    assert numbers.position["x"] > drawn["norm1"].position["x"]


@pytest.mark.parametrize("name", [info.name for info in presets()])
def test_the_svg_of_every_preset_is_well_formed_and_keeps_all_boxes_inside(name):
    picture = ElementTree.fromstring(ModelGraph(name, renderer="svg").to_svg())
    width, height = float(picture.get("width", 0)), float(picture.get("height", 0))
    boxes = list(picture.iter("{http://www.w3.org/2000/svg}rect"))
    assert len(boxes) == len(list(preset(name).walk()))
    for box in boxes:
        x, y, w, h = (float(box.get(side, "nan")) for side in ("x", "y", "width", "height"))
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height


def test_boxes_never_overlap_unless_one_holds_the_other():
    picture = ElementTree.fromstring(ModelGraph("gpt2-nano", renderer="svg").to_svg())
    spans = []
    for box in picture.iter("{http://www.w3.org/2000/svg}rect"):
        y, h = float(box.get("y", 0)), float(box.get("height", 0))
        spans.append((y, y + h))
    for a in spans:
        for b in spans:
            apart = a[1] <= b[0] or b[1] <= a[0]
            nested = (a[0] <= b[0] and b[1] <= a[1]) or (b[0] <= a[0] and a[1] <= b[1])
            assert apart or nested


def test_whatever_a_design_says_is_shown_as_its_characters():
    layers = [
        {"type": "tokenEmbedding", "data": {"id": EVIL, "label": EVIL, "embDim": EVIL}},
        {"type": EVIL, "data": {"id": "b"}},
        {"type": "residual", "data": {"source": EVIL}},
        {"type": "transformerBlock", "data": {"numOfBlocks": EVIL, "label": EVIL}, "children": [{"type": EVIL}]},
    ]
    graph = ModelGraph({"layer_stack": layers, "config": {"name": EVIL}}, renderer="svg")
    ElementTree.fromstring(graph.to_svg())
    everything = "".join(child.value for child in graph.children if isinstance(child, ipywidgets.HTML))
    assert "&lt;script&gt;" in everything
    assert "<script" not in everything
    picture = ModelGraph(layers)._picture
    assert picture.tooltip_source == ""  # ipycytoscape would read it as HTML


def test_without_ipycytoscape_it_is_a_picture():
    code = (
        "import sys; sys.modules['ipycytoscape'] = None\n"
        "from slm_widgets.widgets import ModelGraph\n"
        "print(ModelGraph('gpt2-nano').children[-1].value[:30])"
    )
    answer = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "<svg" in answer.stdout


def test_readers_without_widgets_get_the_picture():
    bundle = ModelGraph("gpt2-nano")._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    # ipywidgets 7 displays itself in another way
    assert "application/vnd.jupyter.widget-view+json" in bundle or hasattr(ipywidgets.VBox, "_ipython_display_")


def test_a_source_that_is_no_design_and_an_unknown_renderer_are_refused():
    with pytest.raises(LayerStackError, match="no preset 'gpt2-nanno'"):
        ModelGraph("gpt2-nanno")
    with pytest.raises(ConfigError, match="no renderer 'canvas'"):
        ModelGraph("gpt2-nano", renderer="canvas")
