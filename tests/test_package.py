import ast
import inspect
import subprocess
import sys

import pytest

import slm_widgets as slm
from slm_widgets import errors

HEAVY = ("torch", "datasets", "mlflow", "bqplot", "ipywidgets", "anywidget", "ipycytoscape", "pydantic", "numpy")


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, slm_widgets; print([m for m in {HEAVY} if m in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_an_editor_is_shown_without_what_only_training_needs():
    """torch's compiler alone takes as long to import as all the rest."""
    code = """import sys, slm_widgets as slm
slm.GraphEditor("gpt2-nano")
print([m for m in ("torch._dynamo", "slm_widgets.training", "mlflow", "bqplot", "datasets") if m in sys.modules])"""
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize("name", slm.__all__)
def test_every_public_name_is_there(name):
    assert getattr(slm, name) is not None
    assert name in dir(slm)


def test_type_checkers_see_the_same_names():
    tree = ast.parse(inspect.getsource(slm))
    block = next(n for n in tree.body if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(slm.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        slm.trian  # noqa: B018


def test_every_error_is_an_slm_error_and_stands_in_the_drawn_tree():
    classes = [c for _, c in inspect.getmembers(errors, inspect.isclass) if issubclass(c, Exception)]
    assert errors.SLMError in classes
    for one in classes:
        assert issubclass(one, errors.SLMError)
        assert one.__name__ in (errors.__doc__ or "")


def test_an_unknown_language_is_refused_and_changes_nothing():
    from slm_widgets.language import language

    before = language()
    with pytest.raises(errors.ConfigError, match=r"There is no language 'fr'\. Choose one of en, ko"):
        slm.set_language("fr")
    assert language() == before


def test_a_language_can_be_spoken_for_a_while():
    from slm_widgets.language import language, say, use_language

    with use_language("ko"):
        assert say(en="yes", ko="네") == "네"
        with use_language(None):
            assert language() == "ko"
    assert language() == "en"
