"""What tests of several folders share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs: ``SLM_SHARED_DATA``, or ``shared/data`` beside the project."""
    folder = Path(os.environ.get("SLM_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no real inputs at {folder}: set SLM_SHARED_DATA to their folder")
    return folder
