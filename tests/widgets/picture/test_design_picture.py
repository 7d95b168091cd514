"""The picture of a design that stands by itself, and the one that stays in a notebook for readers without widgets."""

from __future__ import annotations

import copy
import functools
import itertools
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import ipywidgets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slm_widgets.errors import ConfigError
from slm_widgets.stack import analyse, describe, preset, presets
from slm_widgets.widgets import GraphEditor, ModelGraph
from slm_widgets.widgets.picture import model_svg
from slm_widgets.widgets.picture.design_picture import design_svg, small_design_svg
from slm_widgets.widgets.picture.model_drawing import Extent, draw_model
from slm_widgets.widgets.picture.model_layout import lay_out
from slm_widgets.widgets.picture.text_widths import clean, shorten, width_of, wrap

SVG = "{http://www.w3.org/2000/svg}"
WIDGET = "application/vnd.jupyter.widget-view+json"
PRESETS = [info.name for info in presets()]


def layer(kind: str, name: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "data": {"id": name, **data}}


def block(name: str, children: list[Any], **data: Any) -> dict[str, Any]:
    return {**layer("transformerBlock", name, **data), "children": children}


def chain(length: int) -> list[dict[str, Any]]:
    return [layer("normalization", f"n{number}") for number in range(length)]


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def cards(svg: str) -> list[tuple[float, float, float, float]]:
    sides = ("x", "y", "width", "height")
    return [
        tuple(float(box.get(side, "nan")) for side in sides) for box in ElementTree.fromstring(svg).iter(f"{SVG}rect")
    ]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "theme"), [*zip(PRESETS, itertools.cycle(["light", "dark", "auto"]), strict=False)])
def test_every_preset_is_a_file_by_itself_with_all_its_layers_and_counts(name: str, theme: str) -> None:
    stack = preset(name)
    svg = design_svg(stack.layers, stack.config, theme=theme, language="en")
    picture, said = ElementTree.fromstring(svg), words(svg)
    assert picture.tag == f"{SVG}svg"
    assert picture.get("viewBox") == f"0 0 {picture.get('width')} {picture.get('height')}"
    assert said[0] == name
    report = describe(stack)
    assert any(f"{report.parameters:,}" in line for line in said[1:4])
    assert len(cards(svg)) == len(report.layers)
    for row in report.layers:
        assert any(line.endswith(f"{row.parameters:,} params") for line in said), row.id
    assert "--jp-" not in svg  # no page round it that would say what that is
    assert ("prefers-color-scheme" in svg) == (theme == "auto")


def test_a_block_says_how_often_it_is_repeated_and_what_comes_out() -> None:
    said = words(design_svg(preset("llama2-7b").layers, language="en"))
    assert "× 32" in said
    assert "B × T × 4,096" in said


def test_it_speaks_the_language_that_is_asked_for() -> None:
    said = words(design_svg(*_design("gpt2-nano"), language="ko"))
    assert "토큰 임베딩" in said
    assert "파라미터 119,104 · 문맥 길이 64 · 어휘 256 (가정)" in said


def _design(name: str) -> tuple[list[Any], dict[str, Any]]:
    return preset(name).layers, preset(name).config


@pytest.mark.parametrize(("theme", "language"), [("page!", None), (7, None), ("light", "xx")])
def test_an_unknown_theme_or_language_is_refused(theme: Any, language: str | None) -> None:
    with pytest.raises(ConfigError):
        design_svg([], {}, theme=theme, language=language)


def test_dark_and_light_pictures_differ_in_colours_only() -> None:
    light, dark = (design_svg(*_design("transformer-nano"), theme=theme) for theme in ("light", "dark"))
    assert light != dark
    assert words(light) == words(dark)
    assert cards(light) == cards(dark)


# -- what is wrong with a design -------------------------------------------------------------------------------------


def test_a_problem_is_told_on_its_card_and_counted_on_top() -> None:
    layers = copy.deepcopy(preset("gpt2-nano").layers)
    layers[2]["children"][1]["data"]["numHeads"] = 6
    svg = design_svg(layers, {}, language="en")
    assert "1 problem" in words(svg)
    assert "6 heads, but 64 channels come in" in " ".join(words(svg))
    assert sum(box.get("stroke") == "#c62f3b" for box in ElementTree.fromstring(svg).iter(f"{SVG}rect")) == 1


def test_an_empty_drawing_says_so() -> None:
    assert words(design_svg([], {"name": "mine"}, language="en")) == ["mine", "Nothing is drawn yet."]
    assert "아직 그린 것이 없습니다." in words(design_svg([], {}, language="ko"))


EVIL = "<script>alert(1)</script>]]>\"'&\x00\x07\x1b\ufffe\ud800\u202e\r\nمرحبا 😀 e\u0301 \x85 "


@pytest.mark.parametrize("theme", ["light", "dark", "auto"])
def test_whatever_a_label_says_the_file_is_well_formed_and_holds_it_as_words(theme: str) -> None:
    layers = [
        layer("tokenEmbedding", EVIL, label=EVIL * 9, embDim=EVIL),
        layer(EVIL, "b", label=EVIL),
        layer("residual", "r", source=EVIL, input=EVIL),
        block("k", [{"type": EVIL}], label=EVIL, numOfBlocks=EVIL),
        layer("linear", "l", outDim=10**5000, label=["a"]),
    ]
    analysis = {"problems": [], "layers": {}, "total": {}}  # as if nobody had found what is wrong
    for svg in (design_svg(layers, {"name": EVIL}, theme=theme), design_svg(layers, {"name": EVIL}, analysis=analysis)):
        picture = ElementTree.fromstring(svg.encode())
        assert {element.tag for element in picture.iter()} <= {
            SVG + tag for tag in ("svg", "g", "path", "rect", "text", "style")
        }
        assert "<script>alert(1)" in "".join(words(svg))


def test_a_long_label_is_shortened_and_stays_on_its_card() -> None:
    svg = design_svg([layer("normalization", "n", label="가나다" * 100), layer("linear", "l", label="W" * 300)], {})
    for label in [line for line in words(svg) if line.startswith(("가나", "WW"))]:
        assert label.endswith("…")
        assert 5 < len(label) < 60


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["tokens", "block:in"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
NODES = st.recursive(
    JSON,
    lambda inner: st.fixed_dictionaries(
        {"type": st.sampled_from(["transformerBlock", "residual", "linear", "mhAttention", "?"]) | JSON},
        optional={
            "data": st.dictionaries(
                st.sampled_from(["id", "label", "source", "input", "numOfBlocks", "numHeads"]), JSON
            )
            | JSON,
            "children": st.lists(inner, max_size=3) | JSON,
        },
    ),
    max_leaves=10,
)


@settings(max_examples=60, deadline=None)
@given(layers=st.lists(NODES, max_size=5) | JSON, config=JSON)
def test_nothing_that_json_can_say_stops_the_drawing(layers: Any, config: Any) -> None:
    ElementTree.fromstring(design_svg(layers, config).encode())


def test_blocks_nested_deeper_than_python_can_follow_are_no_crash() -> None:
    node: dict[str, Any] = layer("linear", "l")
    for number in range(3_000):
        node = block(f"b{number}", [node])
    ElementTree.fromstring(design_svg([node], {}))


# -- large designs ---------------------------------------------------------------------------------------------------


def test_three_hundred_layers_are_all_drawn() -> None:
    layers = [
        block(f"b{number}", [layer("normalization", f"n{number}.{k}") for k in range(24)]) for number in range(12)
    ]
    assert len(cards(design_svg(layers, {}))) == 12 + 12 * 24


def test_where_there_is_no_room_for_what_is_inside_the_blocks_are_closed() -> None:
    layers = [block(f"b{number}", [block(f"c{number}", chain(100))]) for number in range(10)]
    assert len(cards(design_svg(layers, {}, most_cards=400))) == 20
    assert len(cards(design_svg(layers, {}, most_cards=15))) == 10


def test_of_five_thousand_layers_the_first_and_the_last_are_drawn() -> None:
    layers = [*chain(5_000), layer("residual", "end", source="n2500")]
    svg = design_svg(layers, {}, language="en")
    assert "… 4,601 more layers" in words(svg)
    assert len(cards(svg)) == 400 + 1
    assert "Residual" in words(svg)
    small = small_design_svg(layers, {}, language="en", analysis=analyse(layers, {}))
    assert len(small.encode()) <= 60_000
    assert "… 4,901 more layers" in words(small)


def test_what_refers_to_a_layer_that_is_left_out_is_drawn_from_the_box_in_its_place() -> None:
    layers = [*chain(50), layer("residual", "end", source="n25")]
    drawing = draw_model(layers, analyse(layers), extent=Extent(longest=20))
    assert [(wire.source, wire.target) for wire in drawing.wires if wire.kind == "side"] == [("…", "end")]


# -- where things are ------------------------------------------------------------------------------------------------

WIDE = [
    layer("tokenEmbedding", "tokens", embDim=64),
    block(
        "block",
        [layer("normalization", "norm"), layer("feedForward", "ffn", input="norm"), layer("residual", "add", source="block:in"), block("none", [])],
    ),
    layer("residual", "late", source="tokens"),
    layer("concat", "cat", source="block"),
    layer("linear", "head", input="tokens"),
]  # fmt: skip


@pytest.mark.parametrize("design", [*PRESETS, WIDE], ids=[*PRESETS, "wide"])
def test_cards_lie_inside_the_picture_and_none_upon_another(design: Any) -> None:
    layers = preset(design).layers if isinstance(design, str) else design
    picture = ElementTree.fromstring(svg := design_svg(layers, {}))
    shift, head = (float(part) for part in picture[-1].get("transform", "")[10:-1].split())
    drawn = cards(svg)
    for x, y, w, h in drawn:
        assert 0 <= x + shift < x + w + shift <= float(picture.get("width", 0))
        assert head <= y + head < y + h + head <= float(picture.get("height", 0))
        for other_x, other_y, other_w, other_h in drawn:
            apart = y + h <= other_y or other_y + other_h <= y
            holds = other_x <= x and x + w <= other_x + other_w and other_y <= y and y + h <= other_y + other_h
            held = x <= other_x and other_x + other_w <= x + w and y <= other_y and other_y + other_h <= y + h
            assert apart or holds or held


@pytest.mark.parametrize("design", [*PRESETS, WIDE], ids=[*PRESETS, "wide"])
def test_what_runs_beside_the_column_crosses_no_card(design: Any) -> None:
    layers = preset(design).layers if isinstance(design, str) else design
    drawing = draw_model(layers, analyse(layers))
    layout = lay_out(drawing, model_svg.picture_sizes({card.key: model_svg.face_of(card) for card in drawing.cards}))
    drawn = [layout.boxes[card.key] for card in drawing.cards if card.kind == "layer"]
    assert layout.ways
    for way in layout.ways.values():
        assert way.start < way.end
        assert 0 < way.lane < layout.width
        assert not [
            box for box in drawn if box.x <= way.lane <= box.right and way.start < box.bottom and box.y < way.end
        ]
        # It leaves between two cards.
        assert not [box for box in drawn if box.y < way.start < box.bottom]


@pytest.mark.parametrize("is_bold", [False, True])
def test_the_guess_of_a_width_leaves_room_for_a_wide_font(is_bold: bool) -> None:
    font = pytest.importorskip("matplotlib.ft2font")
    found = pytest.importorskip("matplotlib.font_manager").findfont(
        f"DejaVu Sans:{'bold' if is_bold else 'normal'}", fallback_to_default=False
    )
    ruler = font.FT2Font(found)
    ruler.set_size(14, 72)
    unhinted = font.LoadFlags.NO_HINTING if hasattr(font, "LoadFlags") else font.LOAD_NO_HINTING
    for name in ("transformer-nano", "mistral-7b", "qwen3-nano"):
        drawing = draw_model(preset(name).layers, analyse(preset(name).layers))
        for text in {
            words for card in drawing.cards for words in (card.name, card.summary, card.count, card.shape) if words
        }:
            ruler.set_text(text, flags=unhinted)
            wide = ruler.get_width_height()[0] / 64
            assert wide - 2 <= width_of(text, 14, is_bold=is_bold) <= 1.35 * wide + 6, text


@given(text=st.text(max_size=300), width=st.floats(30, 500))
def test_a_shortened_text_is_no_wider_than_allowed_and_a_cut_is_seen(text: str, width: float) -> None:
    line = clean(text)
    cut = shorten(line, width, 12)
    assert width_of(cut, 12) <= width
    assert cut == line or (cut.endswith("…") and line.startswith(cut[:-1]))
    for row in wrap(line, width, 12, lines=3):
        assert width_of(row, 12) <= width


# -- what stays in a notebook ----------------------------------------------------------------------------------------


def bundle_of(widget: Any) -> dict[str, Any]:
    if hasattr(ipywidgets.Widget, "_ipython_display_"):
        pytest.skip("ipywidgets 7 displays itself")
    told = widget._repr_mimebundle_()
    return told[0] if isinstance(told, tuple) else told


@pytest.mark.parametrize("make", [GraphEditor, functools.partial(ModelGraph, renderer="svg")], ids=["editor", "graph"])
def test_the_widget_comes_with_its_picture(make: Any) -> None:
    bundle = bundle_of(make("gpt2-nano", language="ko"))
    assert {"text/plain", WIDGET, "image/svg+xml"} == set(bundle)
    assert "토큰 임베딩" in words(bundle["image/svg+xml"])


@pytest.mark.parametrize("name", ["gpt2-nano", "llama2-7b", "transformer-base"])
def test_the_picture_adds_little_to_a_notebook(name: str) -> None:
    assert len(bundle_of(GraphEditor(name))["image/svg+xml"].encode()) < 20_000


def test_the_picture_shows_the_design_as_it_is_then() -> None:
    editor = GraphEditor("gpt2-nano", language="en")
    editor.set_state({"layer_stack": [layer("dropout", "only", label="Changed")]})
    assert "Changed" in words(bundle_of(editor)["image/svg+xml"])


def test_a_picture_that_cannot_be_drawn_costs_the_widget_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    editor = GraphEditor("gpt2-nano")
    monkeypatch.setattr(editor, "_small_svg", lambda: 1 / 0)
    assert set(bundle_of(editor)) == {"text/plain", WIDGET}


def test_a_closed_widget_displays_nothing_of_ours() -> None:
    editor = GraphEditor("gpt2-nano")
    editor.close()
    assert getattr(editor, "_repr_mimebundle_", None) is None


def test_an_editor_writes_its_picture_to_a_file(tmp_path: Path) -> None:
    editor = GraphEditor("gpt2-nano", language="en")
    svg = editor.to_svg(tmp_path / "그림.svg", theme="dark", language="ko")
    assert (tmp_path / "그림.svg").read_text(encoding="utf-8") == svg
    assert "토큰 임베딩" in words(svg)
    assert "Token embedding" in words(editor.to_svg())
    with pytest.raises(OSError, match="nowhere"):
        editor.to_svg(tmp_path / "nowhere" / "a.svg")


def test_the_page_gets_the_picture_that_it_asks_for() -> None:
    editor = GraphEditor(chain(50), language="en")
    assert editor.answer_picture({"kind": "picture", "theme": "dark"}) == editor.to_svg(theme="dark")
    assert len(cards(editor.answer_picture({"cards": 20}))) == 21
    with pytest.raises(ConfigError, match="no theme"):
        editor.answer_picture({"theme": "<b>"})
