"""What a drawing knows of layer types."""

from __future__ import annotations

import pytest
from torch import nn

from slm_widgets.fields import Reference, described
from slm_widgets.language import Text
from slm_widgets.layers import Layer, Place, palette, unregister
from slm_widgets.layers.layer import GROUPS
from slm_widgets.widgets.picture.colours import colour_of
from slm_widgets.widgets.picture.drawn_palette import drawn_palette


def test_it_is_the_palette_with_the_colour_of_each_group() -> None:
    for drawn, entry in zip(drawn_palette(), palette(), strict=True):
        assert drawn["colour"] == colour_of(entry["group"])._asdict()
        ours = {"fields": None, "colour": None, "readsTokens": None}
        assert {**entry, **ours} == {**drawn, **ours}
        assert [field["name"] for field in drawn["fields"]] == [field["name"] for field in entry["fields"]]
        assert entry["group"] in GROUPS


def test_only_what_begins_a_design_reads_tokens() -> None:
    assert {entry["type"] for entry in drawn_palette() if entry["readsTokens"]} == {"tokenEmbedding", "sourceText"}


def test_references_that_carry_a_tensor_are_told_from_those_that_share_weights() -> None:
    flows = {
        (entry["type"], field["name"]): field["flows"]
        for entry in drawn_palette()
        for field in entry["fields"]
        if field["kind"] == "reference"
    }
    assert flows["residual", "source"]
    assert flows["crossAttention", "source"]
    assert all(flows[entry["type"], "input"] for entry in drawn_palette())
    assert not flows["tokenEmbedding", "tiedTo"]


def test_a_layer_that_cannot_say_what_it_reads_before_it_is_complete_is_drawn_with_all_its_wires(
    request: pytest.FixtureRequest,
) -> None:
    words = Text(en="Words", ko="말")

    class Picky(Layer):
        type = "picky"
        title = summary = help = words
        group = "wiring"
        first: Reference = described(title=words, help=words)
        second: Reference = described(title=words, help=words)
        mode: str = described(title=words, help=words)

        def sources(self) -> tuple[str, ...]:
            return (self.first, self.second) if self.mode == "both" else (self.first,)

        def module(self, place: Place) -> nn.Module:
            return nn.Identity()

    request.addfinalizer(lambda: unregister("picky"))
    (entry,) = [entry for entry in drawn_palette() if entry["type"] == "picky"]
    assert {field["name"] for field in entry["fields"] if field.get("flows")} == {"first", "second", "input"}
