"""How long a page works on a frame, or on a keystroke, of the editor with a large design.

    python tests/bench/editor_frames.py
    python tests/bench/editor_frames.py --help

Needs the built bundle, Chromium and ``npm ci --prefix js``. What is measured, and the figures, are in README.md here.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import slm_widgets as slm  # noqa: E402
from tests.bench.main_thread import Trace, trace  # noqa: E402
from tests.browser.editor_page import connect, html_page, state_of, write_editor_page  # noqa: E402
from tests.browser.lab import CHROMIUM_FLAGS, find_chromium  # noqa: E402

WIDTH, HEIGHT = 1280, 680
MIDDLE, GROUND = (WIDTH * 0.45, HEIGHT / 2), (WIDTH * 0.25, HEIGHT / 2)
PAUSE_MS = 16

_CANVAS = """
import { ReactFlow } from "@xyflow/react";
import { createRoot } from "react-dom/client";
import { createElement } from "react";
const canvas = createElement(ReactFlow, { nodes: [], edges: [], zoomActivationKeyCode: "Control", zoomOnScroll: false });
const box = { className: "slm-drawing", style: { width: %d, height: %d } };
createRoot(document.getElementById("root")).render(createElement("div", box, canvas));
"""


def large_design(layers: int) -> list[dict[str, Any]]:
    """A GPT with so many cards: blocks of six layers, each block drawn open."""

    def block(n: int) -> dict[str, Any]:
        inside = [
            {"type": "normalization", "data": {"id": f"norm{n}a"}},
            {"type": "mhAttention", "data": {"id": f"attention{n}", "numHeads": 4}},
            {"type": "residual", "data": {"id": f"add{n}a", "source": f"block{n}:in"}},
            {"type": "normalization", "data": {"id": f"norm{n}b"}},
            {"type": "feedForward", "data": {"id": f"ffn{n}", "hiddenDim": 256}},
            {"type": "residual", "data": {"id": f"add{n}b", "source": f"add{n}a"}},
        ]
        return {"type": "transformerBlock", "data": {"id": f"block{n}", "numOfBlocks": 1}, "children": inside}

    return [
        {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 64, "vocabSize": 256}},
        {"type": "positionalEmbedding", "data": {"id": "positions", "ctxLength": 64}},
        *[block(n) for n in range(max(1, (layers - 4) // 7))],
        {"type": "normalization", "data": {"id": "norm"}},
        {"type": "linear", "data": {"id": "head"}},
    ]


def write_empty_canvas(folder: Path) -> Path:
    """React Flow as it is, with nothing in it."""
    command = ["node_modules/.bin/esbuild", "--bundle", "--format=esm", "--minify"]
    command.append('--define:process.env.NODE_ENV="production"')
    source = _CANVAS % (WIDTH, HEIGHT)
    bundle = subprocess.run(command, input=source, cwd=ROOT / "js", capture_output=True, text=True, check=True).stdout
    path = folder / "empty.html"
    path.write_text(html_page(bundle), encoding="utf-8")
    return path


# -- gestures: each takes so many steps ---------------------------------------------------------------------------------


def go_to_the_top(page: Page) -> None:
    """Selects the first card, which brings it into sight."""
    page.get_by_test_id("drawing").focus()
    page.keyboard.press("Home")


def zoom(page: Page, steps: int) -> None:
    """Ctrl and the wheel, in and out."""
    page.mouse.move(*MIDDLE)
    page.keyboard.down("Control")
    for step in range(steps):
        page.mouse.wheel(0, 40 if step % 20 < 10 else -40)
        page.wait_for_timeout(PAUSE_MS)
    page.keyboard.up("Control")


def drag(page: Page, steps: int, *, start: tuple[float, float] = GROUND, x: float = GROUND[0]) -> None:
    """Up and down with the button held; at last Escape, so that nothing is dropped, and back to where it began."""
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(steps):
        page.mouse.move(x + step % 7, HEIGHT / 2 + (step % 40 - 20) * 8)
        page.wait_for_timeout(PAUSE_MS)
    page.keyboard.press("Escape")
    page.mouse.move(*start)
    page.mouse.up()


def drag_from(selector: str) -> Callable[[Page, int], None]:
    """Drags the first thing of those, from near its corner."""

    def gesture(page: Page, steps: int) -> None:
        go_to_the_top(page)
        box = page.locator(selector).first.bounding_box()
        assert box is not None
        drag(page, steps, start=(box["x"] + 20, box["y"] + 10), x=MIDDLE[0])

    return gesture


def arrows(page: Page, steps: int) -> None:
    """The arrow key held down: each time another card is selected, and its form is shown."""
    go_to_the_top(page)
    for _ in range(steps):
        page.keyboard.down("ArrowDown")
        page.wait_for_timeout(33)  # as fast as keyboards repeat
    page.keyboard.up("ArrowDown")


def typing(page: Page, steps: int) -> None:
    """A digit into a field, and away again; Python answers when the keys pause."""
    go_to_the_top(page)
    page.get_by_test_id("field-embDim").focus()
    page.keyboard.press("End")
    for step in range(steps):
        page.keyboard.press("Backspace" if step % 2 else "1")
        page.wait_for_timeout(80)
    page.get_by_test_id("checking").wait_for(state="detached")


def folding(page: Page, steps: int) -> None:
    """One block closed and opened."""
    go_to_the_top(page)
    for _ in range(steps):
        page.get_by_test_id("fold-block0").click()
        page.wait_for_timeout(300)


CARD, ENTRY, FORK = "[data-testid=node-positions]", "[data-testid^=palette-] >> nth=4", "[data-testid^=fork-]"
FRAMES = {"zoom": zoom, "pan": drag, "drag a layer in": drag_from(ENTRY), "move a card": drag_from(CARD), "draw a wire": drag_from(FORK)}  # fmt: skip
STEPS = {"hold an arrow key": (arrows, 30), "type into a field": (typing, 20), "fold or unfold a block": (folding, 6)}


def measure_frames(editor: Page, canvas: Page, repeats: int, steps: int) -> None:
    """Prints the work of a frame while something follows the pointer, beside the same on an empty canvas."""
    print("| gesture | editor, median | 19 of 20 under | empty canvas, median | editor / empty |")
    print("|---|---|---|---|---|")
    for name, act in FRAMES.items():
        beside = zoom if act is zoom else drag
        mine: list[Trace] = []
        theirs: list[Trace] = []
        for _ in range(repeats):  # in turn, so that what else the machine does slows both
            for page, gesture, found in ((editor, act, mine), (canvas, beside, theirs)):
                page.bring_to_front()
                found.append(trace(page, lambda page=page, gesture=gesture: gesture(page, steps)))
        frames = sorted(work for one in mine for work in one.frames_ms())
        median = statistics.median(frames)
        floor = statistics.median(work for one in theirs for work in one.frames_ms())
        print(f"| {name} | {median:.1f} | {frames[int(len(frames) * 0.95)]:.1f} | {floor:.1f} | {median / floor:.1f} |")


def measure_steps(editor: Page, repeats: int) -> None:
    """Prints the work of one step of what is done by keys and clicks, until everything has come to rest."""
    print("\n| gesture | all work for one, median of runs | longest task |")
    print("|---|---|---|")
    editor.bring_to_front()
    for name, (act, steps) in STEPS.items():
        runs = [trace(editor, lambda act=act, steps=steps: act(editor, steps)) for _ in range(repeats)]
        work = statistics.median(run.total_ms() / steps for run in runs)
        print(f"| {name} | {work:.1f} | {statistics.median(run.longest_ms() for run in runs):.1f} |")


def opened(browser: Browser, file: Path, editor: slm.GraphEditor | None = None) -> Page:
    """A page that has come to rest."""
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    page.on("pageerror", lambda error: sys.exit(f"the page raised: {error.message}"))
    if editor:
        connect(page, editor)
    page.goto(file.as_uri())
    page.locator(".react-flow__pane").wait_for()
    page.wait_for_timeout(1500)
    return page


def main() -> None:
    """Prints two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=300, help="how many cards the design has, about")
    parser.add_argument("--repeats", type=int, default=3, help="how often each gesture is made")
    parser.add_argument("--quick", action="store_true", help="only see whether it runs: few layers, once")
    options = parser.parse_args()
    layers, repeats, moves = (20, 1, 20) if options.quick else (options.layers, options.repeats, 80)
    path = find_chromium()
    if path is None:
        raise SystemExit("There is no Chromium here.")
    flags = [*CHROMIUM_FLAGS, "--allow-file-access-from-files"]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        model = slm.GraphEditor(large_design(layers), height_px=HEIGHT)
        editor = opened(browser, write_editor_page(Path(folder), state_of(model)), model)
        canvas = opened(browser, write_empty_canvas(Path(folder)))
        print(f"{layers} layers, {WIDTH} x {HEIGHT} px, Chromium {browser.version}; the main thread's CPU time in ms\n")
        measure_frames(editor, canvas, repeats, moves)
        measure_steps(editor, repeats)
        browser.close()


if __name__ == "__main__":
    main()
