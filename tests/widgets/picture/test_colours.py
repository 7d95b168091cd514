"""The colours of layers: one for each group, told apart and readable."""

from __future__ import annotations

from itertools import combinations

import pytest

from slm_widgets.layers.layer import GROUPS
from slm_widgets.widgets.picture.colours import INK, colour_of, fill_of


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lower, higher = sorted([luminance(one), luminance(other)])
    return (higher + 0.05) / (lower + 0.05)


def distance(one: str, other: str) -> float:
    pairs = ((int(one[n : n + 2], 16), int(other[n : n + 2], 16)) for n in (1, 3, 5))
    return sum((a - b) ** 2 for a, b in pairs) ** 0.5


def test_no_two_groups_look_alike() -> None:
    for one, other in combinations(GROUPS, 2):
        for theme in ("light", "dark"):
            assert distance(getattr(colour_of(one), theme), getattr(colour_of(other), theme)) > 40, (one, other)


@pytest.mark.parametrize("group", [*GROUPS, "somebody's own", ""])
def test_words_are_readable_on_a_box_and_edges_are_seen_on_their_page(group: str) -> None:
    fill, edge = fill_of(group)
    assert contrast(fill, INK) > 7
    assert contrast(edge, "#ffffff") > 2.5
    assert contrast(colour_of(group).light, "#ffffff") > 2.5
    assert contrast(colour_of(group).dark, "#1e2125") > 2.5


def test_a_group_that_we_do_not_know_has_a_colour_of_its_own_that_does_not_change() -> None:
    assert colour_of("somebody's own") == colour_of("somebody's own")
    assert colour_of("somebody's own") not in {colour_of(group) for group in GROUPS}
