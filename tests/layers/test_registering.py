import types

import pytest
from torch import nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers import Layer, layer_types, palette, unregister
from slm_widgets.stack import describe

WORDS = Text(en="Words. Try: it. Source: here.", ko="말. 해 보기: 이것. 출처: 여기.")


def define(default: float = 2.0, **extra):
    """What a notebook cell does."""
    attributes = {
        "__module__": "__main__",
        "__qualname__": "Scale",
        "__annotations__": {"factor": float},
        "type": "scale",
        "title": WORDS,
        "summary": WORDS,
        "help": WORDS,
        "group": "wiring",
        "factor": described(default, title=WORDS, help=WORDS),
        "module": lambda self, place: nn.Identity(),
        **extra,
    }
    return types.new_class(
        "Scale", (Layer,), exec_body=lambda body: body.update({k: v for k, v in attributes.items() if v is not None})
    )


@pytest.fixture(autouse=True)
def forget():
    yield
    unregister("scale")


def test_a_layer_defined_in_a_cell_appears_in_the_palette_and_builds():
    define()
    entry = next(e for e in palette() if e["type"] == "scale")
    assert entry["fields"][0]["default"] == 2.0
    tokens = {"type": "tokenEmbedding", "data": {"embDim": 8}}
    report = describe([tokens, {"type": "scale", "data": {}}, {"type": "linear", "data": {}}])
    assert [layer.type for layer in report.layers] == ["tokenEmbedding", "scale", "linear"]


def test_running_the_cell_again_replaces_the_layer():
    define(2.0)
    define(3.0)
    assert next(e for e in palette() if e["type"] == "scale")["fields"][0]["default"] == 3.0


def test_a_type_name_that_is_taken_by_another_class_is_refused():
    with pytest.raises(LayerTypeError, match="already taken by Linear"):
        define(type="linear")
    assert layer_types()["linear"].__name__ == "Linear"


def test_a_layer_without_help_is_refused():
    with pytest.raises(LayerTypeError, match="has no help"):
        define(help=None)


def test_a_field_that_no_form_can_show_is_refused():
    with pytest.raises(LayerTypeError, match="no form can show"):
        define(__annotations__={"factor": dict})
