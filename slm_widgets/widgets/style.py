"""How the widgets look: one style sheet of ours, in the colours of the notebook's own theme, light or dark.

JupyterLab says its colours as CSS variables; the second value of each ``var`` serves where nobody says them (Colab).
"""

from __future__ import annotations

import html

import ipywidgets

# Blue and orange are told apart by every kind of eye, on white and on black.
TRAIN = "#4a90d9"
VALIDATION = "#dc7310"
FLOOR = "#8a8f98"
LEARNING_RATE = "#1f958c"
GRADIENT_NORM = "#a77f97"
# Of earlier runs, and of runs that are compared. More than four that stand out from white and from black (3 to 1) are too
# alike for some kinds of eye, so the same colours then come again in other dashes.
OVERLAYS = ("#8757e0", "#2c8c57", "#d9489f", "#e10f1e")
DASHES = ("solid", "dashed", "dash_dotted", "dotted")

_CSS = """
.slm {
  --slm-text: var(--jp-ui-font-color1, #212121);
  --slm-quiet: var(--jp-ui-font-color2, #616161);
  --slm-line: var(--jp-border-color2, #d0d0d0);
  --slm-back: var(--jp-layout-color1, #fff);
  --slm-lift: var(--jp-layout-color2, #f2f2f2);
  --slm-accent: #4a90d9; --slm-accent-deep: #2f6fae; --slm-good: #2e9e57; --slm-warn: #c77700; --slm-bad: #d64545;
  font-family: var(--jp-ui-font-family, sans-serif);
  color: var(--slm-text);
  box-sizing: border-box;
  overflow: visible;
}
.slm.slm-panel { border: 1px solid var(--slm-line); border-radius: 8px; padding: 14px 16px; margin: 4px 2px; gap: 10px;
  background: var(--slm-back); max-width: 980px; }
.slm .widget-html, .slm .widget-html-content { line-height: 1.45; margin: 0; height: auto; color: var(--slm-text);
  font-size: 13px; overflow: visible; }
.slm .slm-sheet { display: none; }
.slm .slm-row { gap: 10px 12px; flex-wrap: wrap; align-items: flex-end; overflow: visible; margin: 0; width: 100%; }
.slm .slm-row.slm-buttons { align-items: center; gap: 8px 10px; }
.slm .slm-row.slm-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); align-items: end; }
.slm .slm-field { display: flex; flex-direction: column; align-items: stretch; height: auto; margin: 0; min-width: 0;
  width: auto; flex: 1 1 132px; }
.slm .slm-field.slm-wide { flex: 2 1 220px; grid-column: span 2; }
.slm .slm-field.slm-wrong > input, .slm .slm-field.slm-wrong > select { border-color: var(--slm-bad); box-shadow: 0 0 0 1px var(--slm-bad); }
.slm .slm-field > label { width: auto; max-width: none; height: auto; text-align: left; margin: 0 0 3px; padding: 0; line-height: 1.3; font-size: 12px;
  color: var(--slm-quiet); white-space: normal; overflow: visible; display: block; }
.slm .slm-field > input, .slm .slm-field > select { flex: none; width: 100%; height: 30px; border-radius: 4px; box-sizing: border-box;
  color: var(--slm-text); background-color: var(--slm-back); border-color: var(--slm-line); }
.slm .slm-field > select { background-image: url("data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Cpath d='M5.5 7l3.5 3.5L12.5 7' fill='none' stroke='%23888' stroke-width='1.8'/%3E%3C/svg%3E");
  background-repeat: no-repeat; background-position: right 4px center; background-size: 18px; appearance: none; padding-right: 24px; }
.slm .slm-field > input::placeholder { color: var(--slm-quiet); opacity: 1; }
.slm .slm-field > input:disabled, .slm .slm-field > select:disabled { opacity: .55; }
.slm .slm-button { border-radius: 5px; height: 32px; line-height: 32px; width: auto; min-width: 84px; padding: 0 16px; margin: 0; font-weight: 500;
  box-shadow: none; flex: none; }
.slm .slm-button.slm-go { background: var(--slm-accent-deep); color: #fff; }
.slm .slm-button.slm-go:hover:enabled { background: #27608f; color: #fff; }
.slm .slm-button:not(.slm-go) { background: var(--slm-lift); color: var(--slm-text); }
.slm .slm-button:disabled { opacity: .45; }
.slm .slm-bar { height: 8px; min-height: 8px; margin: 0; width: 100%; border: 0; padding: 0; overflow: hidden; border-radius: 4px; }
.slm .slm-bar .progress, .slm .slm-bar.progress { height: 8px; margin: 0; box-shadow: none; background: var(--slm-lift); border: 0; border-radius: 4px; }
.slm .slm-bar .progress-bar { background: var(--slm-accent); transition: none; }
.slm-facts { display: flex; flex-wrap: wrap; gap: 4px 26px; }
.slm-fact { display: flex; flex-direction: column; min-width: 74px; }
.slm-fact span { font-size: 11.5px; color: var(--slm-quiet); white-space: nowrap; }
.slm-fact b { font-size: 16px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.slm-state { display: flex; gap: 8px; align-items: baseline; flex-wrap: wrap; }
.slm-state i { width: 9px; height: 9px; border-radius: 50%; background: var(--slm-quiet); flex: none; align-self: center; }
.slm-state b { font-weight: 600; }
.slm-state.slm-training i { background: var(--slm-accent); } .slm-state.slm-done i { background: var(--slm-good); }
.slm-state.slm-waiting i { background: var(--slm-warn); } .slm-state.slm-failed i { background: var(--slm-bad); }
.slm-problem { border-left: 3px solid var(--slm-bad); background: color-mix(in srgb, var(--slm-bad) 11%, transparent); padding: 7px 12px;
  border-radius: 0 4px 4px 0; white-space: pre-line; overflow-wrap: anywhere; }
.slm-problem.slm-mild { border-color: var(--slm-warn); background: color-mix(in srgb, var(--slm-warn) 11%, transparent); }
.slm-quiet { color: var(--slm-quiet); font-size: 12px; overflow-wrap: anywhere; white-space: pre-line; }
.slm-heading { font-size: 12px; font-weight: 600; color: var(--slm-quiet); }
.slm-legend { display: flex; flex-wrap: wrap; gap: 3px 20px; font-size: 12.5px; color: var(--slm-text); padding-left: 2px; }
.slm-legend span { display: inline-flex; align-items: center; gap: 7px; white-space: nowrap; }
.slm-legend b { font-variant-numeric: tabular-nums; font-weight: 600; }
.slm .slm-pages { flex-direction: column-reverse; overflow-y: auto; border: 1px solid var(--slm-line); border-radius: 5px; background: var(--slm-back);
  padding: 8px 12px; margin: 0; width: 100%; box-sizing: border-box; }
.slm .slm-pages > * { flex: none; }
.slm-page { font-family: var(--jp-code-font-family, monospace); font-size: 12.5px; line-height: 1.5; white-space: pre-wrap; overflow-wrap: anywhere; }
.slm-page h4 { font: 600 11.5px var(--jp-ui-font-family, sans-serif); color: var(--slm-quiet); margin: 6px 0 1px; }
.slm-page em { font-style: normal; color: var(--slm-quiet); }
.slm .slm-more { margin: 0; width: 100%; }
.slm .slm-more .jupyter-widget-Collapse-header, .slm .slm-more .p-Collapse-header { background: transparent; color: var(--slm-quiet); border: 0;
  padding: 4px 0; font-size: 12.5px; }
.slm .slm-more .jupyter-widget-Collapse-contents, .slm .slm-more .p-Collapse-contents { background: transparent; border: 0; padding: 6px 0 2px; overflow: visible; }
.slm .slm-prompt { width: 100%; margin: 0; display: flex; flex-direction: column; align-items: stretch; height: auto; }
.slm .slm-prompt > label { width: auto; max-width: none; height: auto; text-align: left; font-size: 12px; color: var(--slm-quiet); padding: 0; line-height: 1.3; margin: 0 0 3px; }
.slm .slm-prompt > textarea { width: 100%; border-radius: 4px; color: var(--slm-text); background-color: var(--slm-back); border-color: var(--slm-line);
  font-family: var(--jp-code-font-family, monospace); box-sizing: border-box; }
.slm .custom-widget { background-color: transparent; border: 0 !important; overflow: hidden; resize: none; }
.slm-picture { text-align: center; }
.slm .bqplot { background: transparent; margin: 0; }
.slm .bqplot > svg { font-family: var(--jp-ui-font-family, sans-serif); }
.slm .bqplot > svg .plotarea_background { fill: transparent; }
.slm .bqplot > svg .axis .tick text { fill: var(--slm-quiet); font: 11px var(--jp-ui-font-family, sans-serif); }
.slm .bqplot > svg .axis text.axislabel, .slm .bqplot > svg .axis tspan.axislabel { fill: var(--slm-quiet); font: 12px var(--jp-ui-font-family, sans-serif); }
.slm .bqplot > svg .axis .tick line { stroke: var(--slm-line); opacity: .55; }
.slm .bqplot > svg .axis path { stroke: var(--slm-line); }
.slm .bqplot .jupyter-widgets.bqplot-toolbar, .slm .bqplot .toolbar_div { display: none; }
"""


def style_sheet(rules: str = _CSS) -> ipywidgets.HTML:
    """The style sheet as a widget, to stand among the children of each of ours: whoever shows one needs nothing else."""
    sheet = ipywidgets.HTML(f"<style>{rules}</style>")
    sheet.add_class("slm-sheet")
    return sheet


class Words(ipywidgets.HTML):
    """Shows words that may come from anywhere (a file, a model, a person): always escaped, never read as HTML.

    Not a ``Label``: that one typesets what stands between dollar signs.
    """

    def __init__(self) -> None:
        super().__init__()
        self.show("")

    def show(self, text: str, kind: str = "slm-quiet") -> None:
        """Shows a text, or nothing at all where it is empty; ``kind`` is a class of the style sheet."""
        self.value = f'<div class="{kind}">{html.escape(text)}</div>' if text else ""
        self.layout.display = None if text else "none"
