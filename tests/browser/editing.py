"""What a person does in an open editor, and what Python then holds."""

from __future__ import annotations

import json
import time
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.lab import Lab, run_all

EDITOR = "import slm_widgets as slm\neditor = slm.GraphEditor('gpt2-nano')\neditor"
NANO = "tokens positions block(norm1 attention add1 norm2 ffn add2) norm head"
PATIENCE_MS = 90_000

_KERNEL = "window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"


def open_editor(host: Lab, page: Page, name: str, *cells: str, subshells: bool = True) -> Locator:
    """Opens a notebook with these cells, runs it, and waits until its first editor has been answered.

    Args:
        subshells: False for widgets that speak through the main shell, as with every kernel before ipykernel 7.
    """
    host.open(page, host.write(f"{name}.ipynb", *cells))
    if not subshells:  # before there is a widget: one that is just getting its subshell would keep it
        page.wait_for_function(_KERNEL.replace(".session.", ".session?."))
        page.evaluate(f"() => {{ {_KERNEL}.commsOverSubshells = 'disabled' }}")
    run_all(page)
    editor = page.get_by_test_id("graph-editor").first
    expect(editor.get_by_test_id("problems")).to_be_visible(timeout=PATIENCE_MS)
    expect(editor.get_by_test_id("checking")).to_have_count(0, timeout=PATIENCE_MS)
    return editor


def card(editor: Locator, name: str) -> Locator:
    """A layer; of a block its header, for its middle is another layer."""
    node = editor.get_by_test_id(f"node-{name}")
    return node.locator(".slm-card-title").first


def pick(editor: Locator, *names: str) -> None:
    """A click on the first, and with Ctrl on each of the others."""
    for number, name in enumerate(names):
        card(editor, name).click(modifiers=["ControlOrMeta"] if number else [])
    for name in names:
        expect(editor.get_by_test_id(f"node-{name}")).to_have_attribute("data-selected", "true")


def ask_kernel(page: Page, code: str) -> str:
    """What some code prints in the kernel, run beside the notebook."""
    return page.evaluate(
        f"""async code => {{
            let text = ''
            const future = {_KERNEL}.requestExecute({{ code, silent: false, store_history: false }})
            future.onIOPub = message => {{ text += message.content.text ?? message.content.evalue ?? '' }}
            await future.done
            return text
        }}""",
        code,
    ).strip()


def layers_in_python(page: Page, name: str = "editor") -> list[Any]:
    return json.loads(ask_kernel(page, f"import json; print(json.dumps({name}.layer_stack))"))


def written(layers: list[Any]) -> str:
    """The ids in one line: "tokens block(norm1 ffn) head"."""
    inner = [f"({written(node['children'])})" if node.get("children") else "" for node in layers]
    return " ".join(node["data"]["id"] + inside for node, inside in zip(layers, inner, strict=True))


def expect_python(page: Page, design: str, name: str = "editor") -> None:
    """Waits until the editor in the kernel holds this design, written in one line."""
    deadline = time.monotonic() + 30
    while (found := written(layers_in_python(page, name))) != design and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert found == design, found


def undo_all(page: Page, editor: Locator) -> int:
    """Presses Ctrl+Z until nothing is left to undo; returns how often."""
    editor.get_by_test_id("drawing").focus()
    steps = 0
    while editor.get_by_test_id("undo").is_enabled():
        page.keyboard.press("ControlOrMeta+z")
        steps += 1
        assert steps < 200
    return steps
