"""Checks for the test cells of exercises: plain calls that raise an ``AssertionError`` with a sentence that helps.

    from slm_widgets.grading import check_design, check_given, check_learns

    check_given("ps1.slm.json", "given.slm.json", locked=["tokens", "head"])
    check_design("ps1.slm.json", blocks=2, max_parameters=200_000, required=["mhAttention"])
    check_learns("ps1.slm.json", "tiny-tales-en", below=1.8, max_steps=150)

No browser, no MLflow, nothing is written. A cell that ends without an exception has passed, which is what nbgrader looks at;
several cells make partial marks. Let a test cell ``print`` what it has to tell: nbgrader takes a number at its end for the marks
that were earned, and gives none at all to a cell that writes to stderr.
"""

from slm_widgets.grading.design import check_design
from slm_widgets.grading.given import check_given
from slm_widgets.grading.learning import check_learns

__all__ = ["check_design", "check_given", "check_learns"]
