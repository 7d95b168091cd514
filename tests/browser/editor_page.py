"""The editor in a page without a notebook: its bundle, and an anywidget model that a test holds in its hands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from slm_widgets import GraphEditor
from slm_widgets.widgets.bundle import STATIC

_PAGE = """<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>{css}</style>
<body style="margin:0"><div id="root"></div>
<script type="module">
{script}
</script>"""

# `assign` is what Python does. What the page saves and asks is kept in `saved` and `asked`, and goes to `toPython` where a test has put one.
_MODEL = """
import widget from "./graph_editor.js"
const state = %s, listeners = {}
let changed = {}
const fire = (event, ...values) => { for (const call of [...(listeners[event] ?? [])]) call(...values) }
const model = {
  get: name => state[name],
  set: (name, value) => { state[name] = changed[name] = value; fire("change:" + name) },
  on: (name, call) => { (listeners[name] ??= []).push(call) },
  off: (name, call) => { listeners[name] = (listeners[name] ?? []).filter(known => known !== call) },
  save_changes: () => { window.saved.push(changed); answer({ state: changed }); changed = {} },
  send: content => { window.asked.push(content); answer({ message: content }) },
  widget_manager: {},
}
const answer = async message => {
  const { state = {}, messages = [] } = JSON.parse((await window.toPython?.(JSON.stringify(message))) ?? "{}")
  window.assign(state)
  for (const content of messages) fire("msg:custom", content)
}
Object.assign(window, { saved: [], asked: [], state })
window.assign = values => {
  Object.assign(state, values)
  for (const name of Object.keys(values)) fire("change:" + name)
}
const { initialize, render } = await widget()
await initialize({ model })
await render({ model, el: document.getElementById("root") })
"""


def html_page(script: str) -> str:
    """A page with the editor's styles that runs a script in its element ``root``."""
    css = (STATIC / "graph_editor.css").read_text(encoding="utf-8")
    return _PAGE.format(css=css, script=script.replace("</script", "<\\/script"))


def state_of(editor: GraphEditor) -> dict[str, Any]:
    """What Python sends when a page opens the editor."""
    return {name: value for name, value in editor.get_state().items() if not name.startswith("_") and name != "layout"}


def write_editor_page(folder: Path, state: dict[str, Any]) -> Path:
    """A page with the editor that this state draws. It is a file; Chromium wants ``--allow-file-access-from-files``."""
    (folder / "graph_editor.js").write_text((STATIC / "graph_editor.js").read_text(encoding="utf-8"), encoding="utf-8")
    page = folder / "editor.html"
    page.write_text(html_page(_MODEL % json.dumps(state).replace("</", "<\\/")), encoding="utf-8")
    return page


def connect(page: Page, editor: GraphEditor) -> None:
    """Lets an editor of this process answer what the page saves and asks, as a kernel would. To be called before the page is opened."""
    sent: list[Any] = []
    object.__setattr__(editor, "send", lambda content, buffers=None: sent.append(content))

    def to_python(text: str) -> str:
        message = json.loads(text)
        before = state_of(editor)
        if "state" in message:
            editor.set_state(message["state"])
        else:
            editor._handle_custom_msg(message["message"], [])
        after = state_of(editor)
        changed = {name: value for name, value in after.items() if value is not before[name] and value != before[name]}
        refused = {name: after[name] for name, value in message.get("state", {}).items() if after[name] != value}
        messages = sent[:]
        sent.clear()
        return json.dumps({"state": changed | refused, "messages": messages})

    page.expose_function("toPython", to_python)
