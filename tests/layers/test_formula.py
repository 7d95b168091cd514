import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slm_widgets.errors import LayerTypeError
from slm_widgets.language import use_language
from slm_widgets.layers.formula import Paper, check_formula, formula_entries, mathml


def written(tree) -> str:
    """A tree as an XML parser of Python's own reads it back from text: what is between the tags."""
    if isinstance(tree, str):
        return tree
    element = ElementTree.Element(tree["tag"], tree.get("attributes", {}))
    element.text = "".join(map(written, tree.get("children", [])))
    return ElementTree.fromstring(ElementTree.tostring(element, "unicode")).text or ""


def tags(tree) -> list[str]:
    return [] if isinstance(tree, str) else [tree["tag"], *(tag for c in tree.get("children", []) for tag in tags(c))]


@pytest.mark.parametrize(
    ("latex", "text", "tag"),
    [
        (r"\frac{a}{b}", "ab", "mfrac"),
        (r"\sqrt{x}", "x", "msqrt"),
        (r"x_t", "xt", "msub"),
        (r"x^2", "x2", "msup"),
        (r"\epsilon \le \infty", "ϵ≤∞", "mo"),
        (r"a < b", "a<b", "mo"),
        (r"\operatorname{softmax}(x)", "softmax(x)", "mi"),
        (r"\sum_{k=0}^{K} x", "∑k=0Kx", "munderover"),
        (r"\begin{cases} 0 & a \\ 1 & b \end{cases}", "{0a1b", "mtable"),
    ],
)
def test_latex_becomes_mathml(latex, text, tag):
    tree = mathml(latex)
    assert tree["tag"] == "math"
    assert tree["attributes"]["alttext"] == latex
    assert written(tree) == text
    assert tag in tags(tree)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text("\\{}_^&%$#abc123 ()[]", max_size=25))
def test_no_text_takes_the_palette_away(latex):
    tree = mathml(latex)
    assert tree["tag"] == "math"
    assert json.loads(json.dumps(tree)) == tree


def test_what_is_no_latex_is_shown_as_it_was_written():
    assert written(mathml(r"\frac{a}{")) == r"\frac{a}{"


def test_a_formula_may_hang_on_the_value_of_a_field():
    entries = formula_entries({"kind": {"a": "x", "b": ("y", "z")}, "causal": {True: "m"}})
    assert [(e["field"], e["value"], e["tree"]["attributes"]["alttext"]) for e in entries] == [
        ("kind", "a", "x"),
        ("kind", "b", "y"),
        ("kind", "b", "z"),
        ("causal", True, "m"),
    ]
    assert formula_entries("") == []
    assert [entry["field"] for entry in formula_entries(("x", "y"))] == [None, None]


@pytest.mark.parametrize("formula", [3, None, {"kind": "x"}, {"kind": {"a": 3}}, ("x", 3)])
def test_a_formula_that_cannot_be_shown_is_refused_with_the_name_of_its_layer(formula):
    with pytest.raises(LayerTypeError, match="The formula of the layer class Scale cannot be shown"):
        check_formula("Scale", formula, ())


@pytest.mark.parametrize("papers", [3, "Vaswani et al.", ("Vaswani et al.",), [("https://x.org", "X")]])
def test_papers_that_cannot_be_shown_are_refused(papers):
    with pytest.raises(LayerTypeError, match="The papers of the layer class Scale cannot be shown"):
        check_formula("Scale", "", papers)


def test_a_paper_is_called_in_the_chosen_language():
    paper = Paper("https://arxiv.org/abs/1706.03762", "section 3", "3절")
    with use_language("ko"):
        assert paper.to_json()["title"] == "3절"
        assert Paper("https://x.org", "X 2020").to_json()["title"] == "X 2020"
    with use_language("en"):
        assert paper.to_json() == {"title": "section 3", "link": "https://arxiv.org/abs/1706.03762"}
