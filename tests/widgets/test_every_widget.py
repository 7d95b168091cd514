"""What holds for every widget of the package, however it is made."""

from __future__ import annotations

from typing import Any

import ipywidgets
import pytest

from slm_widgets.widgets import GraphEditor, ModelGraph, TextGenerator, TrainingPanel
from slm_widgets.widgets.run_comparison import RunComparison
from tests.small_runs import DESIGN, small_corpus
from tests.widgets.test_training_panel import QUICK

# What traitlets itself writes into every class.
TRAITLETS_OWN = {"_holding_sync", "_traits", "_descriptors", "_instance_inits", "_static_immutable_initial_values"}
TRAITLETS_OWN |= {"_trait_default_generators", "_all_trait_default_generators"}


def trained() -> TrainingPanel:
    """A panel with all that it shows of a run, and a comparison below it."""
    panel = TrainingPanel(DESIGN, small_corpus(), config={**QUICK, "sample_every": 0}, track=False)
    panel.train()
    panel.wait()
    panel.children = [*panel.children, RunComparison([panel.run])]
    return panel


MADE = {
    "GraphEditor": lambda: GraphEditor("gpt2-nano"),
    "ModelGraph": lambda: ModelGraph("gpt2-nano"),
    "TextGenerator": TextGenerator,
    "TrainingPanel and RunComparison": trained,
}


def every_widget(of: Any) -> list[Any]:
    """A widget and all that are in it."""
    return [of, *(one for child in getattr(of, "children", ()) for one in every_widget(child))]


@pytest.mark.parametrize("name", MADE)
def test_no_widget_hides_what_ipywidgets_needs_itself(name):
    for widget in every_widget(MADE[name]()):
        kinds = type(widget).__mro__
        ours = [kind for kind in kinds if kind.__module__.startswith("slm_widgets.")]
        if not ours:
            continue
        home = next(kind for kind in kinds if kind.__module__.partition(".")[0] in ("ipywidgets", "anywidget"))
        theirs = set(dir(home))
        named = {name for kind in ours for name in vars(kind)} | (set(vars(widget)) - set(vars(_plain(home))))
        clashes = {name for name in named & theirs if not name.startswith("__")}
        assert not clashes - TRAITLETS_OWN - _meant_to_be_replaced(home), type(widget)
        assert repr(widget)


def _plain(home: type) -> ipywidgets.Widget:
    return home()


def _meant_to_be_replaced(home: type) -> set[str]:
    """Methods that a subclass may extend, and traits, whose default may be another one."""
    return {"close", "set_state", "set_trait", "_repr_mimebundle_", *home.class_trait_names()}
