"""A file that was changed by other means than the editor is caught by the same rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from slm_widgets.errors import GradingError
from slm_widgets.grading.given import check_given
from slm_widgets.stack import preset

NANO = preset("gpt2-nano")


def test_what_was_given_and_is_still_there_passes(tmp_path: Path) -> None:
    path = tmp_path / "ps1.slm.json"
    layers = NANO.layers
    layers.insert(2, {"type": "dropout", "data": {"id": "mine"}})
    path.write_text(json.dumps(layers), encoding="utf-8")
    check_given(path, NANO, locked=["tokens", "attention", "head"], allowed=["dropout"])


def test_every_rule_that_was_not_kept_is_told() -> None:
    layers = NANO.layers
    layers[2]["children"][1]["data"]["numHeads"] = 8
    layers.insert(2, {"type": "dropout", "data": {"id": "mine"}})
    with pytest.raises(GradingError, match=r"dropout may not be added(.|\n)*attention is locked"):
        check_given(layers, NANO, locked=["attention"], allowed=["linear"])
