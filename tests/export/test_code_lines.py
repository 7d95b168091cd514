"""Which lines belong to which layer is compared with the text itself, read again with Python's own parser."""

import ast
import functools
import itertools
import json

import pytest

from slm_widgets.errors import LayerStackError
from slm_widgets.export.code import export_code, export_code_with_lines
from slm_widgets.stack import parse_stack, preset, presets
from tests.export.designs import HEAD, ODD, TOKENS, attention, block, layer, random_design

UNLIKE = ["gpt2-nano", "llama3-nano", "qwen3-nano", "gpt-neo-nano", "gpt-j-nano", "transformer-nano"]
LIKE = [info.name for info in presets() if info.name not in UNLIKE]
EVERY = [*UNLIKE, *(pytest.param(name, marks=pytest.mark.slow) for name in LIKE)]


@functools.cache
def _read(text):
    return export_code_with_lines(text)


def read(design):
    """The code of a design with its lines, written once for all tests."""
    return _read(json.dumps(design if isinstance(design, list) else design.to_json()))


def nodes_of(design):
    """All nodes, blocks before what is in them."""
    for node in design if isinstance(design, list) else design.layers:
        yield node
        yield from nodes_of(node.get("children", []))


def numbers(spans):
    return {number for first, last in spans for number in range(first, last + 1)}


def own_text(code, name):
    """The own lines of a layer, one text for each stretch."""
    lines = code.text.split("\n")
    return ["\n".join(lines[first - 1 : last]) for first, last in code.lines[name].own]


def statements(code, method):
    """The statements in a method of the model's and the blocks' classes, without the heads of loops: [(class, statement)]."""
    classes = [node for node in ast.parse(code.text).body if isinstance(node, ast.ClassDef)]
    owned = {first for lines in code.lines.values() for first, _ in lines.own}
    ours = [c for c in classes if c.name == "LanguageModel" or c.lineno in owned]
    functions = [(c, f) for c in ours for f in c.body if isinstance(f, ast.FunctionDef) and f.name == method]
    found = [(c, n) for c, function in functions for n in ast.walk(function) if isinstance(n, ast.stmt)]
    return [(c, statement) for c, statement in found if not hasattr(statement, "body")]


def owners(code, statement):
    """The layers that own the first line of a statement; the block whose class it is in is among them."""
    return {name for name, lines in code.lines.items() if statement.lineno in numbers(lines.own)}


def attributes(node):
    """The names behind ``self.``"""
    inside = [n for n in ast.walk(node) if isinstance(n, ast.Attribute)]
    return {n.attr for n in inside if isinstance(n.value, ast.Name) and n.value.id == "self"}


@pytest.mark.parametrize("name", EVERY)
def test_the_statements_of_a_preset_belong_to_the_layers_that_they_name(name):
    design = preset(name)
    code = read(design)
    modules = {n["data"]["id"] for n in nodes_of(design) if n["type"] not in ("residual", "sourceText")}
    for owner, statement in [*statements(code, "__init__"), *statements(code, "forward")]:
        if named := attributes(statement) & modules:
            around = {name for name, lines in code.lines.items() if (owner.lineno, owner.end_lineno) in lines.own}
            assert owners(code, statement) & modules - around == named, ast.unparse(statement)


@pytest.mark.parametrize("name", EVERY)
def test_every_layer_of_a_preset_has_lines(name):
    design = preset(name)
    code = read(design)
    assert [*code.lines] == [node["data"]["id"] for node in nodes_of(design)]
    silent = {n for n, lines in code.lines.items() if not lines.own}
    assert all(lines.own or lines.related for lines in code.lines.values())
    switches = {n["data"]["id"] for n in nodes_of(design) if n["data"].get("posType") == "rotary"}
    assert silent == switches | {n["data"]["id"] for n in nodes_of(design) if n["type"] == "sourceText"}


@pytest.mark.parametrize("name", EVERY)
def test_every_line_that_a_model_runs_belongs_to_a_layer(name):
    code = read(preset(name))
    for _, statement in statements(code, "forward"):
        assert owners(code, statement), ast.unparse(statement)


@pytest.mark.parametrize("name", EVERY)
def test_every_residual_has_one_line_that_adds(name):
    code = read(preset(name))
    for node in nodes_of(preset(name)):
        if node["type"] == "residual":
            first, *rest = own_text(code, node["data"]["id"])
            assert " + " in first.split("\n")[0]
            assert first.split("\n")[1:] in ([], ["        return x"])
            assert rest == []


@pytest.mark.parametrize("name", EVERY)
def test_behind_a_layer_stands_the_class_that_it_is_made_of(name):
    code = read(preset(name))
    classes = {c.name: c for c in ast.parse(code.text).body if isinstance(c, ast.ClassDef)}
    for owner, statement in statements(code, "__init__"):
        used = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)} & classes.keys() - {owner.name}
        for layer_id in owners(code, statement) & attributes(statement):
            lines = code.lines[layer_id]
            for cls in used:
                span = numbers([(classes[cls].lineno, classes[cls].end_lineno)])
                assert span <= numbers(lines.own) | numbers(lines.related), (layer_id, cls)


@pytest.mark.parametrize("name", [UNLIKE[0], *list(ODD)[:3]])
def test_the_text_is_that_of_export_code(name):
    design = ODD.get(name) or preset(name)
    assert read(design).text == export_code(design)


def assert_sound(design):
    """What holds for any design."""
    code = read(design)
    count = code.text.count("\n")
    assert code.lines.keys() == {node["data"]["id"] for node in nodes_of(design)}
    for lines in code.lines.values():
        for spans in (lines.own, lines.related):
            ends = [end for span in spans for end in span]
            assert ends == sorted(ends)
            assert all(1 <= first <= last <= count for first, last in spans)
            assert all(here[1] + 1 < after[0] for here, after in itertools.pairwise(spans))
    for _, statement in statements(code, "forward"):
        behind = {n for n, lines in code.lines.items() if statement.lineno in numbers(lines.related)}
        empty = ast.unparse(statement) in ("return x", "return ids")
        assert owners(code, statement) or behind or empty, ast.unparse(statement)
    for _, statement in statements(code, "__init__"):
        made = attributes(statement) & code.lines.keys()
        assert made <= owners(code, statement), ast.unparse(statement)


@pytest.mark.parametrize("name", ODD)
def test_the_lines_of_an_odd_design_are_sound(name):
    assert_sound(ODD[name])


@pytest.mark.parametrize("seed", range(8))
def test_the_lines_of_a_random_design_are_sound(seed):
    design = random_design(seed)
    try:
        parse_stack(design)
    except LayerStackError:
        pytest.skip("the dice made a mistake")
    assert_sound(design)


# -- by hand ----------------------------------------------------------------------------------------------------------------


def test_a_line_that_several_layers_share_belongs_to_each():
    code = read(preset("gpt2-nano"))
    line = "        x = x + self.attention(self.norm1(x))  # (B, T, 64)"
    for name in ("norm1", "attention", "add1"):
        assert any(line in text.split("\n") for text in own_text(code, name))
    assert own_text(code, "add1") == [line]
    assert own_text(code, "norm1") == ["        self.norm1 = nn.LayerNorm(WIDTH, bias=False)", line]


def test_a_block_has_its_class_and_the_loop_that_runs_it():
    code = read(preset("gpt2-nano"))
    texts = own_text(code, "block")
    assert texts[0].startswith("class Block(nn.Module):")
    assert texts[0].endswith("return x")
    assert "        self.block = nn.ModuleList(Block() for _ in range(BLOCKS))" in texts
    assert "        for block in self.block:\n            x = block(x)  # (B, T, 64)" in texts


def test_a_shared_matrix_belongs_to_both():
    code = read(preset("gpt2-nano"))
    line = "self.head.weight = self.tokens.weight"
    assert [any(line in text for text in own_text(code, name)) for name in ("head", "tokens", "norm")] == [
        True,
        True,
        False,
    ]


def test_starting_weights_belong_to_what_they_are_given_to():
    code = read(preset("gpt2-nano"))
    line = "for projection in (block.attention.out, block.ffn.down):"
    assert {name for name in code.lines if any(line in text for text in own_text(code, name))} == {
        *("block", "attention", "ffn")
    }


def test_a_layer_without_code_stands_where_what_it_hands_on_is_read():
    code = read(
        [
            TOKENS,
            layer("positionalEmbedding", "bias", posType="relative", ctxLength=12),
            layer("positionalEmbedding", "turn", posType="rotary", ctxLength=12),
            attention("attention"),
            layer("residual", "add", source="bias"),
            HEAD,
        ]
    )
    lines = code.text.split("\n")
    for name in ("bias", "turn"):
        assert code.lines[name].own == []
        ((first, last),) = code.lines[name].related
        assert "self.attention(x)" in lines[first - 1]
        assert first == last


def test_a_sum_that_nothing_reads_has_no_lines():
    code = read([TOKENS, layer("residual", "sum", source="tokens"), layer("linear", "head", input="tokens")])
    assert (code.lines["sum"].own, code.lines["sum"].related) == ([], [])


def test_layers_of_one_class_share_it_and_nothing_else():
    design = [TOKENS, attention("a"), attention("b"), block("block", attention("c")), HEAD]
    code = read(design)
    assert code.lines["a"].related == code.lines["b"].related == code.lines["c"].related != []
    assert not numbers(code.lines["a"].own) & numbers(code.lines["b"].own)
    assert numbers(code.lines["c"].own) & numbers(code.lines["block"].own)


def test_a_statement_over_several_lines_belongs_as_a_whole():
    code = read(preset("llama3-nano"))
    (made, *_) = own_text(code, "attention")
    assert made.startswith("        self.attention = Attention(\n")
    assert made.endswith("\n        )")


def test_the_answer_is_plain_json():
    code = read(preset("gpt2-nano"))
    sent = json.loads(json.dumps(code.to_json()))
    assert sent["text"] == code.text
    assert sent["lines"]["add1"] == {"own": [[*code.lines["add1"].own[0]]], "related": []}


def test_a_design_that_cannot_be_built_is_refused():
    with pytest.raises(LayerStackError):
        export_code_with_lines([HEAD])
