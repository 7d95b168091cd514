import types
import warnings
from typing import Any

import pytest
from torch import nn

from slm_widgets.errors import LayerTypeError
from slm_widgets.fields import described
from slm_widgets.language import Text, use_language
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


@pytest.mark.parametrize("name", [3, ("scale",), "two words", "scale-it", "2scale", "scale.it"])
def test_a_type_name_that_is_no_plain_word_is_refused(name):
    before = layer_types()
    with pytest.raises(LayerTypeError, match=r"type of the layer class Scale is .*one word of letters"):
        define(type=name)
    with use_language("ko"), pytest.raises(LayerTypeError, match="한 단어여야"):
        define(type=name)
    assert layer_types() == before


def test_a_layer_without_a_module_is_refused_unless_it_holds_others():
    with pytest.raises(LayerTypeError, match="Scale has no module"):
        define(module=None)
    define(module=None, container=True)
    assert layer_types()["scale"].container


def test_a_module_may_come_from_a_base_class():
    class _Base(Layer):
        def module(self, place):
            return nn.Identity()

    class Scale(_Base):
        type, group, title, summary, help = "scale", "wiring", WORDS, WORDS, WORDS

    assert layer_types()["scale"] is Scale


@pytest.mark.parametrize("attribute", ["title", "summary", "help"])
def test_plain_text_stands_for_both_languages(attribute):
    words: Any = {attribute: "Plain"}
    define(**words)
    for language in ("en", "ko"):
        assert next(e for e in palette(language) if e["type"] == "scale")[attribute] == "Plain"


@pytest.mark.parametrize("attribute", ["title", "summary", "help", "group"])
def test_words_that_are_no_text_are_refused(attribute):
    with pytest.raises(LayerTypeError, match=f"The {attribute} of the layer class Scale is 3, but it must be a text"):
        define(**{attribute: 3})


def test_a_group_of_another_package_is_allowed():
    define(group="lab")
    assert next(e for e in palette() if e["type"] == "scale")["groupTitle"] == "lab"


def test_english_stands_in_where_there_is_no_korean():
    define(title=Text(en="Hi"))
    assert next(e for e in palette("ko") if e["type"] == "scale")["title"] == "Hi"


def test_a_layer_with_a_module_but_no_type_is_warned_of_where_it_is_written():
    with pytest.warns(UserWarning, match="Scale has a module but no type") as caught:

        class Scale(Layer):
            def module(self, place):
                return nn.Identity()

    assert caught[0].filename == __file__
    assert Scale not in layer_types().values()


def test_a_base_of_other_layers_needs_no_type():
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        class _Base(Layer):
            def module(self, place):
                return nn.Identity()

        class Fields(Layer):
            factor: float = 1.0
