"""Layer types that another package publishes."""

import os
import subprocess
import sys
import textwrap

import pytest

LAYER = """
from torch import nn
from slm_widgets.language import Text
from slm_widgets.layers import Layer

WORDS = Text(en="Try: it. Source: here.", ko="해 보기: 이것. 출처: 여기.")

class Twice(Layer):
    type, group, title, summary, help = "twice", "wiring", Text(en="Twice", ko="두 배"), WORDS, WORDS

    def module(self, place):
        return Double()

class Double(nn.Module):
    def forward(self, x):
        return 2 * x
"""


@pytest.fixture
def ask(tmp_path):
    """Runs a line in a process where packages of these names publish their module ``<name>.py``."""

    def run(line: str, **modules: str) -> str:
        for name, source in modules.items():
            (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
            info = tmp_path / f"{name}-1.0.dist-info"
            info.mkdir()
            (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
            (info / "entry_points.txt").write_text(f"[slm_widgets.layers]\n{name} = {name}\n")
        found = subprocess.run(
            [sys.executable, "-W", "always", "-c", textwrap.dedent(line)],
            env={**os.environ, "PYTHONPATH": str(tmp_path), "SLM_LANGUAGE": "en"},
            capture_output=True,
            text=True,
            check=True,
        )
        return found.stdout + found.stderr

    return run


def test_a_published_layer_is_in_the_palette_and_builds(ask):
    out = ask(
        """
        import slm_widgets as slm, torch
        from slm_widgets.layers import palette
        design = [{"type": "tokenEmbedding", "data": {"id": "t", "vocabSize": 5, "embDim": 4}},
                  {"type": "twice", "data": {"id": "twice"}}, {"type": "linear", "data": {"id": "head"}}]
        model = slm.build_model(design)
        ids = torch.tensor([[1, 2]])
        print([e["title"] for e in palette() if e["type"] == "twice"], torch.equal(model(ids), model.head(2 * model.t(ids))))
        """,
        doubling=LAYER,
    )
    assert out.strip() == "['Twice'] True"


def test_a_broken_package_is_named_and_the_others_still_load(ask):
    out = ask("from slm_widgets.layers import layer_types; print('twice' in layer_types())", broken="1 / 0", good=LAYER)
    assert "were not loaded: ZeroDivisionError" in out
    assert "broken" in out
    assert out.strip().splitlines()[0] == "True"
