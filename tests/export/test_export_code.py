"""The exported file is compared with the model that it is written from: same names, same numbers, same gradients."""

import ast
import copy
import functools
import itertools
import json
import linecache
import subprocess
import sys
import textwrap
import types

import pytest
import torch
from torch import nn

from slm_widgets.errors import LayerStackError, LayerTypeError
from slm_widgets.export.code import export_code
from slm_widgets.language import Text
from slm_widgets.layers import Layer, layer_types, unregister
from slm_widgets.model import build_model
from slm_widgets.stack import check_stack, parse_stack, preset, presets
from tests.export.designs import ODD, SMALL, design_with, layer, random_design

NANO = [info.name for info in presets() if info.parameters < 2_000_000]
FULL = [info.name for info in presets() if info.parameters >= 2_000_000]
_number = itertools.count()


@functools.cache
def _exported(text: str) -> str:
    return export_code(text)


def exported(stack) -> str:
    """The code of a design, written once for all tests."""
    return _exported(json.dumps(stack if isinstance(stack, list | dict) else stack.to_json()))


def load(code: str) -> types.ModuleType:
    """Runs an exported file as Python imports a module."""
    module = types.ModuleType(f"exported_{next(_number)}")
    sys.modules[module.__name__] = module  # as dataclasses expect
    exec(compile(code, module.__name__, "exec"), module.__dict__)
    return module


def with_other_weights(model):
    """Weights far from their start, so that what starts at zero or one counts too."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(torch.randn(p.shape, generator=generator) * 0.1)
    return model


def both(stack):
    """-> (our model, the exported one with the same weights)."""
    ours = with_other_weights(build_model(stack, seed=3))
    theirs = load(exported(stack)).LanguageModel()
    theirs.load_state_dict(ours.state_dict(), strict=True)
    return ours, theirs


def texts(model, length=9):
    """Token ids for a model, and a source for one that reads a source."""
    length = min(length, model.context_length or length)
    sizes = [m.num_embeddings for m in model.modules() if type(m) is torch.nn.Embedding]
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(min([*sizes, model.vocab_size]), (2, length), generator=generator)
    return (ids, ids[:, :5].flip(1)) if model.reads_source else (ids,)


def same_numbers(stack):
    ours, theirs = both(stack)
    assert [n for n, _ in theirs.named_parameters()] == [n for n, _ in ours.named_parameters()]
    given = texts(ours)
    for model in (ours.eval(), theirs.eval()):
        model.zero_grad()
    torch.testing.assert_close(theirs(*given), ours(*given), rtol=1e-5, atol=1e-5)
    for model in (ours.train(), theirs.train()):
        torch.manual_seed(5)  # dropout draws alike
        model(*given).logsumexp(-1).sum().backward()
    for (name, mine), (_, other) in zip(ours.named_parameters(), theirs.named_parameters(), strict=True):
        assert (mine.grad is None) == (other.grad is None), name
        if mine.grad is not None:
            torch.testing.assert_close(other.grad, mine.grad, rtol=1e-4, atol=1e-6, msg=name)


def ruff(*arguments, folder):
    command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--no-cache", str(folder)]
    return subprocess.run(command, capture_output=True, text=True)


def assert_tidy(codes, folder):
    """No unused import or name, no line that ruff would write in another way, nothing of ours."""
    for number, code in enumerate(codes):
        (folder / f"design{number}.py").write_text(code, encoding="utf-8")
        assert "slm_widgets" not in code
    rules = ["--select", "E,F,W,I,UP,B,C4,SIM,PT,PIE,RET,RUF", "--ignore", "E501,RUF001,RUF002,RUF003,RET504"]
    checked = ruff("check", *rules, "--line-length", "120", "--target-version", "py311", folder=folder)
    assert checked.returncode == 0, checked.stdout
    formatted = ruff("format", "--diff", "--line-length", "120", folder=folder)
    assert formatted.returncode == 0, formatted.stdout


@pytest.mark.parametrize("name", NANO)
def test_the_exported_preset_takes_the_same_weights_and_gives_the_same_numbers(name):
    same_numbers(preset(name))


@pytest.mark.slow
@pytest.mark.parametrize("name", FULL)
def test_a_full_size_preset_has_the_same_names_and_shapes(name):
    with torch.device("meta"):
        theirs = load(exported(preset(name))).LanguageModel()
    ours = build_model(preset(name), device="meta")
    assert {k: v.shape for k, v in theirs.state_dict().items()} == {k: v.shape for k, v in ours.state_dict().items()}


@pytest.mark.parametrize("type_name", list(layer_types()))
def test_every_layer_type_can_be_exported(type_name):
    same_numbers(design_with(type_name))


@pytest.mark.parametrize("name", ODD)
def test_an_odd_design_can_be_exported(name):
    assert [p.message for p in check_stack(ODD[name]) if p.severity == "error"] == []
    same_numbers(ODD[name])


def test_what_is_written_is_tidy(tmp_path):
    designs = [*(preset(name) for name in NANO), *map(design_with, layer_types()), *ODD.values()]
    assert_tidy(map(exported, designs), tmp_path)


@pytest.mark.slow
def test_full_size_presets_are_tidy(tmp_path):
    assert_tidy((exported(preset(name)) for name in FULL), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_a_random_design_can_be_exported(seed, tmp_path):
    design = random_design(seed)
    assert [p.message for p in check_stack(design) if p.severity == "error"] == []
    same_numbers(design)
    assert_tidy([exported(design)], tmp_path)


@pytest.mark.parametrize("name", [*NANO, *ODD])
def test_the_same_seed_gives_the_same_starting_weights(name):
    same_start(preset(name) if name in NANO else ODD[name])


def same_start(design):
    torch.manual_seed(7)
    theirs = load(exported(design)).LanguageModel().state_dict()
    for name, value in build_model(design, seed=7).state_dict().items():
        assert torch.equal(theirs[name], value), name


def test_the_file_runs_alone_without_this_package(tmp_path):
    (tmp_path / "model.py").write_text(exported(preset("llama-nano")), encoding="utf-8")
    alone = "import sys, runpy; sys.modules['slm_widgets'] = None; runpy.run_path('model.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", alone], cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    count = sum(p.numel() for p in build_model(preset("llama-nano")).parameters())
    assert f"{count:,} parameters" in done.stdout


@pytest.mark.parametrize("name", ["gpt2-nano", "transformer-nano"])
def test_it_writes_text(name):
    written = load(exported(preset(name)))
    model = written.LanguageModel()
    ids = torch.zeros(2, 3, dtype=torch.long)
    source = (ids,) if name == "transformer-nano" else ()
    assert written.generate(model, ids, *source, 4).shape == (2, 7)


def test_gpt2s_attention_shows_nothing_that_gpt2_does_not_have():
    code = exported(preset("gpt2-nano"))
    tree = ast.parse(code)
    attention = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Attention")
    text = (ast.get_source_segment(code, attention) or "").lower()
    for word in ("window", "cap", "group", "rotary", "memory", "cache", "mask", "bias_", "norm", "start", "is none"):
        assert word not in text, word
    # The design itself, in the order of the lecture.
    names = [n.name for n in tree.body if isinstance(n, ast.ClassDef)]
    assert names[-2:] == ["Block", "LanguageModel"]
    assert "x = x + self.attention(self.norm1(x))  # (B, T, 64)" in code
    assert "x = x + self.ffn(self.norm2(x))  # (B, T, 64)" in code


def test_a_switch_that_differs_between_two_layers_stays_a_switch():
    code = exported(ODD["two kinds of attention"])
    assert "self.causal" in code
    assert "soft_cap" not in code


HOSTILE = [
    '"); import os; os._exit(3)',
    '"""\nimport os\nos._exit(3)\n"""',
    "a\nimport os; os._exit(3)",
    "\\",
    "__class__",
    "__init__",
    "forward",
    "self",
    "import",
    "torch",
    "ﬁ²",
    "토큰 하나",
    "x\u202eevil",
    "{__import__('os')._exit(3)}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_design_becomes_code(text):
    design = {
        "config": {"name": text},
        "layer_stack": [
            layer("tokenEmbedding", text + "t", vocabSize=7, embDim=8, label=text),
            {
                **layer("transformerBlock", text, numOfBlocks=2, label=text),
                "children": [
                    layer("normalization", text + "n", label=text),
                    layer("linear", text + "l", label=text),
                    layer("residual", text + "r", source=text + ":in", label=text),
                    layer("residual", text + "s", source=text + "t", label=text),
                ],
            },
            layer("linear", text + "h", bias=False, label=text),
        ],
    }
    same_numbers(design)
    tree = ast.parse(exported(design))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported <= {"torch", "torch.nn.functional", "math"}
    called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    assert "__import__" not in called


# Names that the file itself uses, or Python.
USED = "model nn isinstance return self x h ids torch F print initialise generate LanguageModel module projection one range super"


@pytest.mark.parametrize(
    "name", [*USED.split(), "Block", "block", "class", "None", "WIDTH", "BLOCKS", "블록", "forward"]
)
def test_a_block_may_have_any_name(name):
    inside = [
        layer("mixtureOfExperts", "experts", numExperts=2, topK=1, zeroInit=True),
        layer("residual", "r", source=f"{name}:in"),
        layer("linear", "up", outDim=16),
        layer("residual", "s", source="r"),
        layer("linear", "scores", outDim=16),
        layer("residual", "t", source="s"),
    ]
    inner = {**layer("transformerBlock", f"{name}s", numOfBlocks=2), "children": inside[4:]}
    inner["children"][1]["data"]["source"] = f"{name}s:in"
    outer = {**layer("transformerBlock", name, numOfBlocks=2), "children": [*inside[:4], inner]}
    tied = {
        **layer("transformerBlock", f"{name}-tied", numOfBlocks=1),
        "children": [layer("linear", "y", weightTying=True)],
    }
    design = [SMALL[0], outer, tied, layer("linear", "narrow", outDim=16), SMALL[1]]
    assert [p.message for p in check_stack(design) if p.severity == "error"] == []
    same_numbers(design)
    same_start(design)


@pytest.mark.parametrize("name", ["a:in", "a", ":in", "a:in:in", "a-in"])
def test_an_id_may_end_as_a_reference_does(name):
    inside = [layer("linear", name), layer("residual", "r", source=name), layer("residual", "s", source=f"{name}:in")]
    design = [SMALL[0], layer("linear", "a" if name != "a" else "b"), *inside, SMALL[1]]
    assert [p.message for p in check_stack(design) if p.severity == "error"] == []
    same_numbers(design)


@pytest.mark.parametrize("block", ["a", "b"])
def test_an_id_that_ends_as_a_reference_does_wins_over_the_input(block):
    inside = [layer("linear", "a" if block == "b" else "c"), layer("residual", "r", source="a:in")]
    repeated = {**layer("transformerBlock", block, numOfBlocks=2), "children": inside}
    after = [layer("residual", "s", source="a:in"), SMALL[1]]
    design = [SMALL[0], layer("linear", "a:in"), layer("linear", "between"), repeated, *after]
    assert [p.message for p in check_stack(design) if p.severity == "error"] == []
    same_numbers(design)


def test_a_design_that_cannot_be_built_is_refused():
    with pytest.raises(LayerStackError):
        export_code([layer("linear", "head")])


def test_the_same_design_gives_the_same_file():
    assert export_code(preset("llama-nano")) == export_code(parse_stack(preset("llama-nano").to_json()))


# -- layers from a notebook -------------------------------------------------------------------------------------------

CELL = '''
import torch
from torch import Tensor, nn
from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers import Layer

WORDS = Text(en="Words.", ko="말.")
SLOPE = {slope!r}

def bend(x, slope=SLOPE):
    """Bends."""
    return torch.where(x > 0, x, slope * x)

class Bent(nn.Module):
    """Bends what flows by.

    Args:
        width: C.
        gain: A factor.
    """

    def __init__(self, width: int, gain: float = 1.0, mode: str = "soft"):
        super().__init__()
        self.gain, self.mode = gain, mode
        self.mix = nn.Sequential(nn.Linear(width, width), nn.Tanh())

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == "hard":
            x = x.clamp(-1, 1)
        return bend(self.mix(x)) * self.gain  # (B, T, C)

class BentLayer(Layer):
    type = "bent"
    title = summary = help = WORDS
    group = "wiring"
    gain: float = described(1.0, title=WORDS, help=WORDS)

    def module(self, place):
        return Bent(place.width, self.gain)
'''


@pytest.fixture
def cell():
    """A layer class as a notebook cell defines it: in ``__main__``, its text known to ``linecache`` only."""
    text = textwrap.dedent(CELL.format(slope=0.125))
    name = f"<ipython-input-{next(_number)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), namespace)
    yield namespace
    unregister("bent")
    linecache.cache.pop(name, None)


def test_a_layer_from_a_notebook_cell_is_written_out(cell, tmp_path):
    _exported.cache_clear()
    design = [*SMALL[:1], layer("bent", "bent", gain=3.0), layer("bent", "again"), *SMALL[1:]]
    same_numbers(design)
    code = export_code(design)
    assert "class Bent(nn.Module):" in code
    assert "hard" not in code
    assert_tidy([code], tmp_path)


def test_a_layer_whose_source_is_lost_is_refused_with_its_name(cell):
    linecache.cache.clear()
    with pytest.raises(LayerTypeError, match="source of Bent cannot be read"):
        export_code([*SMALL[:1], layer("bent", "bent"), *SMALL[1:]])


def define(text, name, **globals_):
    """Runs a cell that defines a layer type called ``shown``, around a module class called ``Shown``."""
    text = textwrap.dedent(text) + textwrap.dedent(
        """
        class ShownLayer(Layer):
            type = "shown"
            title = summary = help = Text(en="Words.", ko="말.")
            group = "wiring"

            def module(self, place):
                return make(place)
        """
    )
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), {"__name__": "__main__", "Layer": Layer, "Text": Text, "nn": nn, **globals_})


@pytest.fixture
def shown():
    yield [*SMALL[:1], layer("shown", "shown"), *SMALL[1:]]
    unregister("shown")


def test_what_a_module_is_given_after_it_was_made_is_written_too(shown):
    define(
        """
        class Shown(nn.Module):
            def forward(self, x):
                return self.mix(x) * self.factor

        def make(place):
            module = Shown()
            module.mix, module.factor = nn.Linear(place.width, place.width), 3.0
            return module
        """,
        "<after>",
    )
    _exported.cache_clear()
    same_numbers(shown)


def test_a_fast_module_may_name_a_plain_one_for_readers(shown):
    define(
        """
        class Shown(nn.Linear):
            written_as = nn.Linear

            def forward(self, input):
                return input @ self.weight.T + self.bias

        def make(place):
            return Shown(place.width, place.width)
        """,
        "<fast>",
    )
    _exported.cache_clear()
    same_numbers(shown)
    assert "self.shown = nn.Linear(WIDTH, WIDTH)" in exported(shown)


def test_modules_of_torch_in_any_nesting_are_written_as_they_were_made(shown):
    define(
        """
        def make(place):
            gate = nn.Sequential(nn.Linear(place.width, 5, bias=False), nn.LeakyReLU(0.3), nn.Linear(5, place.width))
            return nn.Sequential(gate, nn.Dropout(0.5), nn.ModuleList([nn.GELU()])[0])
        """,
        "<torch>",
    )
    _exported.cache_clear()
    same_numbers(shown)


def test_what_only_exists_inside_a_function_is_refused_by_its_name(shown):
    define(
        """
        def outer(secret):
            class Shown(nn.Module):
                def forward(self, x):
                    return x * secret if self.training else self.other(x)

                def other(self, x):
                    return x

            return Shown

        Shown = outer(2.0)

        def make(place):
            return Shown()
        """,
        "<inside>",
    )
    with pytest.raises(LayerTypeError, match="Shown uses secret"):
        export_code(shown)


def test_a_module_made_from_something_that_no_code_can_make_is_refused(shown):
    define(
        """
        class Shown(nn.Module):
            def __init__(self, table):
                super().__init__()
                self.table = table

            def forward(self, x):
                return x + self.table

        def make(place):
            return Shown(torch.ones(place.width))
        """,
        "<tensor>",
        torch=torch,
    )
    with pytest.raises(LayerTypeError, match="Tensor cannot be written as code"):
        export_code(shown)


# Each is the body of a class with one linear layer; students share lines between statements like this.
CROWDED = {
    "two statements on one line": """
        def __init__(self, width):
            super().__init__(); self.mix = nn.Linear(width, width)

        def forward(self, x):
            y = self.mix(x) + 1; x = y * 2; return x  # the end
    """,
    "one-line loops and conditions": """
        def __init__(self, width):
            super().__init__(); self.mix = nn.Linear(width, width); self.steps = 3  # steps

        def forward(self, x):
            for _ in range(self.steps): x = self.mix(x) + 1  # twice: "; "
            while x.dim() > 3: x = x[0]; x = x + 1
            if x.dim() == 2: return x
            elif x.dim() == 1: y = x; return y
            else: x = x * 2; x = x - 1
            with torch.no_grad(): y = x.detach(); z = y + 1
            return x + z
    """,
    "one-line methods, a semicolon at the end": """
        def __init__(self, width): super().__init__(); self.mix = nn.Linear(width, width)

        def twice(self, x): y = x + x; return y

        def forward(self, x):
            x = self.twice(self.mix(x)); y = (
                x + 1
            ); z = "가;나"; x = x + len(z)  # 말
            x = y * 2 + x;
            try: x = x + 1; y = x
            finally: x = y + 1; x = x * 3
            return x + y;  # done
    """,
    "signs that end a line for str.splitlines only": """
        def __init__(self, width):
            super().__init__()
            self.mix = nn.Linear(width, width)  # a\u2028b\x0cc

        def forward(self, x):
            x = self.mix(x)  # \x85
            x = x * 2
            return x + 1
    """,
}


@pytest.mark.parametrize("name", CROWDED)
def test_statements_that_share_a_line_are_written_once(shown, name):
    body = textwrap.indent(textwrap.dedent(CROWDED[name]), "    ")
    define(f"class Shown(nn.Module):\n{body}\n\ndef make(place):\n    return Shown(place.width)\n", name, torch=torch)
    _exported.cache_clear()
    same_numbers(shown)
    same_start(shown)


# Each changes a module after its constructor has made it, in a way that its constructor's call does not tell.
PATCHED = {
    "forward": "module.forward = lambda x: x * 2",
    "twice": "module.twice = lambda x: x",
    "mix.forward": "module.mix.forward = lambda x: x * 2",
    "mix.bias": "module.mix.bias = None",
    "mix.weight": "module.mix.weight.requires_grad_(False)",
    "gain": "module.gain = 5.0",
    "act": "module.act = torch.tanh",
    "_buffer": "module.register_buffer('_buffer', torch.ones(3))",
    "other.weight": "module.other.weight = module.mix.weight",
    "mix._forward_hooks": "module.mix.register_forward_hook(lambda *_: None)",
    "mix": "module.mix = nn.Linear(place.width, place.width, bias=False)",
    "row.2": "module.row.append(nn.GELU())",
    "row.1.p": "module.row[1].p = 0.5",
    "row.0.bias": "module.row[0] = nn.Linear(place.width, place.width, bias=False)",
    "Shown": "module = copy.deepcopy(module)",
    "Linear": "module = OUTSIDE",
}


@pytest.mark.parametrize("what", PATCHED)
def test_a_module_that_is_changed_after_it_was_made_is_refused(shown, what):
    define(
        f"""
        class Shown(nn.Module):
            def __init__(self, width, row, gain=1.0, act=torch.relu):
                super().__init__()
                self.mix, self.other, self.row = nn.Linear(width, width), nn.Linear(width, width), row
                self.gain, self.act = gain, act

            def twice(self, x):
                return x + x

            def forward(self, x):
                return self.twice(self.row(self.other(self.act(self.mix(x))))) * self.gain

        def make(place):
            module = Shown(place.width, nn.Sequential(nn.Linear(place.width, place.width), nn.Dropout(0.0)))
            {PATCHED[what]}
            return module
        """,
        f"<patched {what}>",
        torch=torch,
        copy=copy,
        OUTSIDE=nn.Linear(16, 16),
    )
    with pytest.raises(LayerTypeError, match=f"Layer shown: {what}"):
        export_code(shown)


def test_what_a_constructor_itself_changes_is_no_reason_to_refuse(shown):
    define(
        """
        class Shown(nn.Module):
            def __init__(self, width):
                super().__init__()
                self.mix, self.other = nn.Linear(width, width), nn.Linear(width, width)
                self.mix.bias, self.other.weight = None, self.mix.weight
                self.act = lambda x: x * 2

            def forward(self, x):
                return self.act(self.other(self.mix(x)))

        def make(place):
            module = Shown(place.width)
            module.note = "nothing reads this"
            return nn.Sequential(module, nn.Identity())
        """,
        "<itself>",
    )
    _exported.cache_clear()
    same_numbers(shown)


@pytest.mark.parametrize(
    "given",
    ["partial(F.leaky_relu, negative_slope=0.3)", "partial(torch.mul, torch_free)", "torch.tanh", "F.gelu", "bend"],
)
def test_a_function_may_be_an_argument(shown, given):
    define(
        f"""
        def bend(x):
            return x.clamp(-1, 1)

        torch_free = 0.5

        class Shown(nn.Module):
            def __init__(self, act):
                super().__init__()
                self.act = act

            def forward(self, x):
                return self.act(x)

        def make(place):
            return nn.Sequential(nn.Linear(place.width, place.width), Shown({given}))
        """,
        f"<function {given}>",
        torch=torch,
        F=torch.nn.functional,
        partial=functools.partial,
    )
    _exported.cache_clear()
    same_numbers(shown)


@pytest.mark.parametrize("given", ["partial(lambda x: x)", "Callable()", "nn.ReLU.forward", "''.join"])
def test_a_function_that_has_no_name_in_a_file_is_refused(shown, given):
    define(
        f"""
        class Callable:
            def __call__(self, x):
                return x

        class Shown(nn.Module):
            def __init__(self, act):
                super().__init__()
                self.act = act

            def forward(self, x):
                return self.act(x)

        def make(place):
            return Shown({given})
        """,
        f"<nameless {given}>",
        partial=functools.partial,
    )
    with pytest.raises(LayerTypeError, match="cannot be written as code"):
        export_code(shown)
