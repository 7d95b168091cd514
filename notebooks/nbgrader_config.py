"""Settings of nbgrader for the exercises in ``source/``: run ``nbgrader generate_assignment ps1`` and so on from this folder."""

from pathlib import Path

c = get_config()  # noqa: F821  (nbgrader puts it here)

# The drawing that each exercise's editor keeps beside the notebook: the student's own work.
DRAWINGS = {"ps1": ["ps1.slm.json"]}
COURSE = Path(__file__).parent

c.CourseDirectory.course_id = "slm_widgets"
# What a training leaves beside a notebook is neither handed out nor copied to be graded.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*.pyc",
    "__pycache__",
    "feedback",
    "slm_runs",
    "mlflow.db",
    "mlruns",
    "mlartifacts",
]

# A teacher who tried the exercise has a drawing of the same name in source/; it must not replace the student's ...
c.Autograde.exclude_overwriting = DRAWINGS


def keep_drawings_back(assignment, student, notebooks):
    """... and must not be handed out with the exercise: it is the answer."""
    for name in DRAWINGS.get(assignment, []):
        (COURSE / "release" / assignment / name).unlink(missing_ok=True)


c.GenerateAssignment.post_convert_hook = keep_drawings_back

# A design may be drawn with the mouse, so an empty solution cell is no mistake and must not raise.
c.ClearSolutions.code_stub = {
    "python": "# Your code, or nothing: leave this cell as it is if you drew with the mouse.\n"
    "# 코드를 쓰거나, 마우스로 그렸다면 이 셀은 그대로 두세요."
}

c.Execute.timeout = 300  # seconds a cell; the longest trains for some fifteen
c.Execute.store_widget_state = False  # a graded notebook of 5 kB instead of 430
