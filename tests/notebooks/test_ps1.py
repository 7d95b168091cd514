"""The exercise ps1 through the real nbgrader: handed out, handed in, graded."""

from __future__ import annotations

import copy
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from slm_widgets.stack import preset

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PS1 = NOTEBOOKS / "source" / "ps1" / "ps1.ipynb"
POINTS = {"can_be_built": 2.0, "two_blocks": 2.0, "small_and_causal": 2.0, "learns": 4.0}

pytest.importorskip("nbgrader")


def environment() -> dict[str, str]:
    """nbgrader calls alembic by name, so the scripts of this environment come first."""
    scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return {**os.environ, "PATH": scripts, "OMP_NUM_THREADS": "1", "SLM_LANGUAGE": "en"}


def nbgrader(course: Path, *words: str) -> str:
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, env=environment(), capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Path:
    """A course folder in which ps1 has been handed out, by a teacher who has tried it."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(NOTEBOOKS / "nbgrader_config.py", folder)
    (folder / "source" / "ps1").mkdir(parents=True)
    shutil.copy(PS1, folder / "source" / "ps1")
    preset("gpt2-nano").save(folder / "source" / "ps1" / "ps1.slm.json")
    nbgrader(folder, "generate_assignment", "ps1")
    return folder


def grade(course: Path, student: str, notebook: Path, design: Any = None) -> tuple[dict[str, float], str]:
    """-> (points by test cell, all that the graded notebook's cells show)."""
    folder = course / "submitted" / student / "ps1"
    folder.mkdir(parents=True)
    shutil.copy(notebook, folder)
    if design is not None:
        from slm_widgets.files import write_json

        write_json(folder / "ps1.slm.json", design)
    nbgrader(course, "autograde", "ps1", "--create", "--student", student)
    return scores(course, student), shown(course / "autograded" / student / "ps1" / "ps1.ipynb")


def scores(course: Path, student: str) -> dict[str, float]:
    """Asked in a process of its own: nbgrader's models and their warnings stay out of ours."""
    code = (
        "import json; from nbgrader.api import Gradebook\n"
        f"with Gradebook('sqlite:///gradebook.db', 'slm_widgets') as book:\n"
        f"    notebook = book.find_submission_notebook('ps1', 'ps1', {student!r})\n"
        "    print(json.dumps({grade.cell.name: grade.score for grade in notebook.grades}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=course, env=environment(), capture_output=True, text=True, check=True
    )
    return json.loads(answer.stdout)


def shown(path: Path) -> str:
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata  # what made a graded notebook heavy
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return "\n".join(output.get("evalue", "") for output in outputs)


def gpt() -> dict[str, Any]:
    return copy.deepcopy(preset("gpt2-nano").to_json())


def block_of(design: dict[str, Any]) -> dict[str, Any]:
    return next(node for node in design["layer_stack"] if node["type"] == "transformerBlock")


def test_the_exercise_is_a_valid_notebook_without_outputs():
    notebook = nbformat.read(PS1, as_version=4)
    nbformat.validate(notebook)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    graded = {
        c.metadata.nbgrader.grade_id: c.metadata.nbgrader.points for c in notebook.cells if c.metadata.nbgrader.grade
    }
    assert graded == POINTS


@pytest.mark.slow
def test_the_students_version_holds_neither_answers_nor_hidden_tests_nor_the_teachers_drawing(course):
    released = course / "release" / "ps1"
    text = (released / "ps1.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN" not in text
    assert "BEGIN SOLUTION" not in text
    assert "feed_forward" not in text
    assert "leave this cell as it is" in text
    assert [path.name for path in released.iterdir()] == ["ps1.ipynb"]


@pytest.mark.slow
def test_the_reference_answer_gets_full_marks(course):
    points, said = grade(course, "reference", PS1)
    assert points == POINTS, said
    assert said.strip() == ""


@pytest.mark.slow
def test_a_drawing_beside_an_untouched_notebook_gets_full_marks(course):
    points, said = grade(course, "drawer", course / "release" / "ps1" / "ps1.ipynb", gpt())
    assert points == POINTS, said


@pytest.mark.slow
def test_a_blank_answer_gets_nothing_and_is_told_how_to_begin(course):
    points, said = grade(course, "blank", course / "release" / "ps1" / "ps1.ipynb")
    assert points == dict.fromkeys(POINTS, 0.0)
    assert "it was never saved" in said
    assert 'GraphEditor(path="ps1.slm.json")' in said


@pytest.mark.slow
def test_three_blocks_lose_two_points_and_are_told_what_to_change(course):
    design = gpt()
    block_of(design)["data"]["numOfBlocks"] = 3
    points, said = grade(course, "three", course / "release" / "ps1" / "ps1.ipynb", design)
    assert points == {**POINTS, "two_blocks": 0.0}, said
    assert "The design has 3 transformer blocks, but it must have 2" in said


@pytest.mark.slow
def test_a_wide_design_is_told_its_count_and_where_it_comes_from(course):
    design = gpt()
    design["layer_stack"][0]["data"]["embDim"] = 128
    points, said = grade(course, "wide", course / "release" / "ps1" / "ps1.ipynb", design)
    assert points == {**POINTS, "small_and_causal": 0.0}, said
    assert "but at most 199,999 are allowed" in said
    assert "are in block (transformerBlock)" in said


@pytest.mark.slow
def test_six_heads_on_64_channels_are_told_which_numbers_divide(course):
    design = gpt()
    next(n for n in block_of(design)["children"] if n["type"] == "mhAttention")["data"]["numHeads"] = 6
    points, said = grade(course, "six", course / "release" / "ps1" / "ps1.ipynb", design)
    assert points == dict.fromkeys(POINTS, 0.0)
    assert "Choose a number of heads that divides 64: 1, 2, 4, 8" in said


@pytest.mark.slow
def test_a_design_without_attention_does_not_learn_enough(course):
    design = gpt()
    block = block_of(design)
    block["children"] = [n for n in block["children"] if n["data"]["id"] not in ("norm1", "attention", "add1")]
    block["children"][-1]["data"]["source"] = "block:in"
    points, said = grade(course, "deaf", course / "release" / "ps1" / "ps1.ipynb", design)
    assert points == {**POINTS, "small_and_causal": 0.0, "learns": 0.0}, said
    assert "There is no attention: each token sees only itself" in said
