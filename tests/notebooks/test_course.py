"""The course notebooks run from top to bottom without a browser, and their twins stay twins."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import nbclient
import nbformat
import pytest

COURSE = Path(__file__).parents[2] / "notebooks" / "course"
ENGLISH = sorted(path for path in COURSE.glob("*.ipynb") if not path.stem.endswith("_ko"))


def twin(path: Path) -> Path:
    return path.with_stem(f"{path.stem}_ko")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", [*ENGLISH, *map(twin, ENGLISH)], ids=lambda path: path.stem)
def test_a_course_notebook_runs_to_its_end(path, tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    shutil.copy(path, tmp_path)
    notebook = nbformat.read(tmp_path / path.name, as_version=4)
    nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))
    assert "FINISHED" in printed  # the cell with run.wait() ended, and the run with it
    shown = [o.data for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "display_data"]
    shown += [o.data for cell in notebook.cells for o in cell.get("outputs", []) if o.output_type == "execute_result"]
    assert (
        sum("application/vnd.jupyter.widget-view+json" in data for data in shown) == 4
    )  # editor, panel, writer, graph
    assert (tmp_path / "mlflow.db").exists()
    assert len(list((tmp_path / "slm_runs").glob("*/model.safetensors"))) == 1


@pytest.mark.parametrize("path", ENGLISH, ids=lambda path: path.stem)
def test_the_korean_twin_has_the_same_cells(path):
    kinds = [[cell.cell_type for cell in nbformat.read(p, as_version=4).cells] for p in (path, twin(path))]
    assert kinds[0] == kinds[1]


@pytest.mark.parametrize("path", [*ENGLISH, *map(twin, ENGLISH)], ids=lambda path: path.stem)
def test_a_course_notebook_is_handed_out_clean(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
            ast.parse(cell.source)
