"""Formulas and papers of a layer type: LaTeX in its file, MathML on the page, which browsers draw by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import unescape
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from slm_widgets.errors import LayerTypeError
from slm_widgets.language import Text, say

Lines = str | tuple[str, ...]
"""LaTeX, without dollar signs: one formula, or several under each other."""

Formula = Lines | Mapping[str, Mapping[Any, Lines]]
"""``r"y = x W^\\top"``; or, where it hangs on a field: the field as a document spells it, and the formula of each of its values."""


class Paper(NamedTuple):
    """Where a layer comes from: who and what in words, and an https link."""

    link: str
    en: str
    ko: str = ""

    def to_json(self) -> dict[str, str]:
        """Plain JSON, in the chosen language."""
        return {"title": str(Text(self.en, self.ko)), "link": self.link}


def check_formula(name: str, formula: Any, papers: Any) -> None:
    """Sees that a formula and its papers have the form that a palette can show.

    Raises:
        LayerTypeError: naming the layer class.
    """
    try:
        fine = all(isinstance(line, str) for _, _, line in formula_lines(formula))
        wrong = None if fine else "formula"
    except (TypeError, AttributeError):
        wrong = "formula"
    if wrong is None and not (isinstance(papers, tuple | list) and all(isinstance(paper, Paper) for paper in papers)):
        wrong = "papers"
    if wrong is None:
        return
    form = r'r"y = x^2"' if wrong == "formula" else '(Paper("https://...", "..."),)'
    raise LayerTypeError(
        say(
            en=f"The {wrong} of the layer class {name} cannot be shown. Write it as in {wrong} = {form}, or leave it out.",
            ko=f"레이어 클래스 {name}의 {wrong} 값을 보여 줄 수 없습니다. {wrong} = {form}처럼 적거나 빼 주세요.",
        )
    )


def formula_entries(formula: Formula) -> list[dict[str, Any]]:
    """A formula as the browser wants it: each line a tree, with the field and the value that it belongs to (None: always)."""
    return [{"field": field, "value": value, "tree": mathml(line)} for field, value, line in formula_lines(formula)]


def formula_lines(formula: Formula) -> Iterator[tuple[str | None, Any, str]]:
    """-> (field, value, LaTeX) of each line."""
    if not isinstance(formula, Mapping):
        yield from ((None, None, line) for line in _lines(formula))
        return
    for field, by_value in formula.items():
        for value, lines in by_value.items():
            yield from ((field, value, line) for line in _lines(lines))


def _lines(lines: Lines) -> tuple[str, ...]:
    return ((lines,) if lines else ()) if isinstance(lines, str) else tuple(lines)


@cache
def mathml(latex: str) -> dict[str, Any]:
    """One line of LaTeX as a tree of MathML: ``{"tag": ..., "attributes": {...}, "children": [trees and texts]}``.

    Attributes and children are left out where there are none. What is no LaTeX is shown as it was written: a plug-in's slip must
    not take the palette away.
    """
    from latex2mathml.converter import convert_to_element  # only when somebody looks at a palette

    try:
        children = [_tree(child) for child in convert_to_element(latex, display="block")]
    except Exception:  # it has a root of errors, but raises IndexError and others beside them
        children = [{"tag": "mtext", "children": [latex]}]
    return {"tag": "math", "attributes": {"display": "block", "alttext": latex}, "children": children}


def _tree(element: Element) -> dict[str, Any]:
    text = unescape(element.text or "")
    children: list[Any] = [text] if text.strip() or element.tag == "mtext" else []
    children += [_tree(child) for child in element]
    if element.tag == "mrow" and len(children) == 1:
        return children[0]
    # \operatorname: the name of a function stands closer than an operator.
    is_name = element.tag == "mo" and re.fullmatch(r"\w{2,}", text)
    tree: dict[str, Any] = {"tag": "mi" if is_name else element.tag}
    if element.attrib:
        tree["attributes"] = dict(element.attrib)
    if children:
        tree["children"] = children
    return tree
