"""What the editor's gestures make of a design, judged by Python: the gestures run in node, the designs are examined here."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch

import slm_widgets as slm
from slm_widgets.stack.check import examine
from slm_widgets.stack.document import envelope
from slm_widgets.widgets.picture.drawn_palette import drawn_palette

pytestmark = pytest.mark.slow  # CI installs the browser side's tools after the everyday tests

JS = Path(__file__).parents[2] / "js"
PRESETS = ["gpt2-nano", "gpt-j-nano", "llama-nano", "transformer-nano"]
SESSIONS, STEPS = 200, 40

Call = Callable[..., Any]


@cache
def layers(preset: str) -> list[Any]:
    return slm.preset(preset).to_json()["layer_stack"]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Calls a function of js/tests/gestureTrial.ts, with the palette and further arguments."""
    node, esbuild = shutil.which("node"), JS / "node_modules" / "esbuild" / "bin" / "esbuild"
    if node is None or not esbuild.exists():
        words = "The gestures run in node. Install it, then run: npm ci --prefix js"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(words)
    bundle = tmp_path_factory.mktemp("gestures") / "gestures.mjs"
    source = JS / "tests" / "gestureTrial.ts"
    options = ["--bundle", "--format=esm", "--log-level=warning", f"--outfile={bundle}"]
    subprocess.run([esbuild, source, *options], check=True, timeout=120)
    script = (
        f"import * as trial from {json.dumps(bundle.as_uri())};"
        "let text = ''; for await (const part of process.stdin) text += part;"
        "const [name, ...args] = JSON.parse(text);"
        "process.stdout.write(JSON.stringify(trial[name](...args)));"
    )

    @cache
    def answer(asked: str) -> str:
        command = [node, "--input-type=module", "--eval", script]
        done = subprocess.run(command, input=asked, capture_output=True, encoding="utf-8", timeout=240)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return lambda name, *args: json.loads(answer(json.dumps([name, drawn_palette(), *args])))


def ids(nodes: list[Any]) -> Iterator[str]:
    for node in nodes:
        yield node["data"]["id"]
        yield from ids(node.get("children", []))


def judge(nodes: list[Any]) -> Any:
    return examine(envelope(nodes, {}))


def test_python_reads_whatever_many_gestures_leave(call: Call) -> None:
    made = call("sessions", [layers(name) for name in PRESETS], SESSIONS, STEPS)
    assert len(made) == SESSIONS
    assert len({json.dumps(nodes) for nodes in made}) > SESSIONS * 0.9  # they went different ways
    for nodes in made:
        examined = judge(nodes)
        assert not examined.refused
        drafts = [inner for draft in examined.drafts for inner in draft.walk()]
        assert [draft.id for draft in drafts] == list(ids(nodes))
        assert not [problem for problem in examined.problems if problem.field == "id"]
        slm.check_stack(nodes)


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_wrapped_copied_or_moved_and_taken_back_is_the_design_it_was(call: Call, preset: str) -> None:
    parameters = slm.describe(slm.preset(preset)).parameters
    trials = call("thereAndBack", layers(preset))
    assert {trial["gesture"] for trial in trials} == {"wrap", "duplicate", "move"}
    for trial in trials:
        if trial["gesture"] != "wrap":
            assert trial["back"] == layers(preset), trial["where"]
            continue
        assert list(ids(trial["back"])) == list(ids(layers(preset)))
        assert judge(trial["back"]).ok, trial["where"]
        assert slm.describe(trial["back"]).parameters == parameters


# What wrapping may break: something below looks into the block, or shares a table that is now inside.
OUTSIDE = {"source", "input", "weightTying", "tiedTo"}


@pytest.mark.parametrize("preset", PRESETS)
def test_a_part_in_a_block_that_runs_once_computes_the_same(call: Call, preset: str) -> None:
    model = slm.build_model(slm.preset(preset), seed=0).eval()
    expected, parameters = logits(model), slm.describe(slm.preset(preset)).parameters
    fine = 0
    for trial in call("thereAndBack", layers(preset)):
        if trial["gesture"] != "wrap":
            continue
        examined = judge(trial["made"])
        wrong = {problem.field for problem in examined.problems if problem.severity == "error"}
        holds_head = trial["made"][-1]["data"]["id"] != layers(preset)[-1]["data"]["id"]
        assert wrong <= OUTSIDE or holds_head, trial["where"]
        if wrong or holds_head or keeps_positions_from_attention(trial):
            continue
        fine += 1
        assert slm.describe(trial["made"]).parameters == parameters
        wrapped = slm.build_model(slm.parse_stack(trial["made"]), seed=1).eval()
        # The first weights of a layer depend on how many blocks it lies in: here they are those of the design.
        with torch.no_grad():
            for ours, given in zip(wrapped.parameters(), model.parameters(), strict=True):
                ours.copy_(given)
        assert torch.equal(logits(wrapped), expected), trial["where"]
    assert fine > 5


def keeps_positions_from_attention(trial: dict[str, Any]) -> bool:
    """Whether positions are in a block without the attention: what turns a rotation on does so inside its block only."""
    block = trial["made"][trial["where"][0]]
    types = {node["type"] for node in walk([block])}
    return "positionalEmbedding" in types and not {"mhAttention", "gqAttention"} & types


def walk(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        yield node
        yield from walk(node.get("children", []))


def logits(model: torch.nn.Module) -> torch.Tensor:
    tokens = torch.arange(8)[None]
    reads_source = examine(model.stack).trace.reads_source
    with torch.no_grad():
        return model(tokens, tokens) if reads_source else model(tokens)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_copied_block_is_sound_and_counts_twice(call: Call, preset: str) -> None:
    report = slm.describe(slm.preset(preset))
    copies = [trial for trial in call("thereAndBack", layers(preset)) if trial["gesture"] == "duplicate"]
    assert copies
    for trial in copies:
        block = layers(preset)[trial["where"][0]]
        inside = sum(row.parameters * row.repeats for row in report.layers if row.id in set(ids(block["children"])))
        assert inside > 0
        assert slm.describe(trial["made"]).parameters == report.parameters + inside


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_healed_can_be_read(call: Call, preset: str) -> None:
    # Without its source text no cross-attention is right, whatever it reads.
    names = [name for name in ids(layers(preset)) if name != "source"]
    lists = [list(some) for count in (1, 2) for some in itertools.combinations(names, count)]
    healed = set()
    for some, removal in zip(lists, call("removals", layers(preset), lists), strict=True):
        # That nothing is left between a source and its residual is a warning; the reference itself can be read.
        found = [problem for problem in judge(removal["left"]).problems if problem.severity == "error"]
        now = {(one["id"], one["field"]) for one in removal["healed"]}
        assert not now & {(problem.layer_id, problem.field) for problem in found}, some
        healed |= now
    assert healed


def test_a_residual_is_not_healed_into_adding_what_comes_in_to_itself(call: Call) -> None:
    (removal,) = call("removals", layers("gpt2-nano"), [["norm2", "ffn", "add1"]])
    assert removal["healed"] == []
    (problem,) = judge(removal["left"]).problems
    assert (problem.layer_id, problem.field) == ("add2", "source")


@pytest.mark.parametrize("preset", PRESETS)
def test_a_design_pasted_into_an_empty_one_is_that_design(call: Call, preset: str) -> None:
    assert call("pasted", layers(preset)) == layers(preset)
