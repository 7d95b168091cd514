"""How the training panel looks, beside what all widgets share (``slm_widgets.widgets.style``)."""

from __future__ import annotations

import ipywidgets

from slm_widgets.widgets.style import style_sheet

# More specific than the common rules, whose sheet stands once more further down the page, in the figure.
_RULES = """
.slm.slm-panel .slm-row.slm-grid { grid-template-columns: repeat(auto-fill, minmax(148px, 1fr)); }
.slm .slm-fold { width: auto; align-self: flex-start; height: auto; margin: 0; padding: 3px 6px 3px 2px; background: transparent !important; box-shadow: none !important;
  color: var(--slm-quiet) !important; font-size: 12.5px; font-weight: 600; line-height: 1.5; border: 0; border-radius: 4px; text-align: left; }
.slm .slm-fold::before { content: '▸'; display: inline-block; width: 15px; }
.slm .slm-fold.mod-active::before { content: '▾'; }
.slm .slm-fold:hover { background: var(--slm-lift) !important; }
.slm .slm-fold:focus-visible { outline: 2px solid var(--slm-accent); outline-offset: -2px; }
.slm .slm-buttons .jupyter-button:focus-visible { outline-offset: -2px; }
.slm .slm-more > .widget-vbox { margin: 4px 0 0; overflow: visible; }
.slm .slm-tabs { width: 100%; margin: 2px 0 10px; height: auto; }
.slm .slm-tabs .widget-toggle-buttons, .slm .slm-tabs > div:not(.widget-label) { display: flex; flex-wrap: wrap; gap: 4px; }
.slm .slm-tabs > label { display: none; }
.slm .slm-tabs .widget-toggle-button { width: auto; min-width: 0; height: 26px; line-height: 26px; padding: 0 11px; margin: 0; font-size: 12.5px;
  border-radius: 13px; background: var(--slm-lift); color: var(--slm-text); box-shadow: none; }
.slm .slm-tabs .widget-toggle-button.mod-active { background: var(--slm-accent-deep); color: #fff; }
.slm .slm-row > .slm-field.slm-check { justify-content: flex-end; }
.slm.slm-panel .slm-button.slm-small { height: 28px; line-height: 28px; min-width: 0; padding: 0 12px; font-size: 12.5px; }
.slm-numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(112px, 1fr)); gap: 3px 18px; margin-top: 7px; padding-top: 7px;
  border-top: 1px solid var(--slm-line); }
.slm-number { min-width: 0; }
.slm-number span { font-size: 11.5px; color: var(--slm-quiet); display: block; }
.slm-number b { font-size: 13px; font-weight: 600; font-variant-numeric: tabular-nums; white-space: nowrap; }
.slm-notices { margin: 0; padding: 0 0 0 18px; }
.slm-notices li { margin: 1px 0; }
.slm .widget-html-content details > summary { cursor: pointer; color: var(--slm-quiet); font-size: 12.5px; }
.slm .widget-html-content details > dl { margin: 4px 0 2px; font-size: 12.5px; }
.slm .widget-html-content dl dt, .slm .widget-html-content dl dd { float: none; width: auto; max-width: none; }
.slm .widget-html-content dl dt { font-weight: 600; margin-top: 3px; }
.slm .widget-html-content dl dd { margin: 0 0 0 14px; overflow-wrap: anywhere; }
.slm-plot { position: relative; color: var(--slm-quiet); font-size: 11.5px; }
.slm-plot svg { display: block; width: 100%; height: 96px; overflow: visible; }
.slm-plot .slm-ends { display: flex; justify-content: space-between; gap: 10px; }
.slm .slm-list { width: 100%; margin: 0; }
.slm .slm-list > label { display: none; }
.slm .slm-list > select { width: 100%; border-radius: 4px; color: var(--slm-text); background-color: var(--slm-back); border-color: var(--slm-line);
  font-family: var(--jp-code-font-family, monospace); font-size: 12.5px; box-sizing: border-box; }
.slm .slm-list > select > option { white-space: pre; padding: 2px 4px; }
.slm.slm-panel .slm-row.slm-below, .slm.slm-panel .widget-html.slm-below { margin: 8px 0 3px; }
.slm-columns { font-family: var(--jp-code-font-family, monospace); font-size: 12.5px; color: var(--slm-quiet); white-space: pre; overflow: hidden;
  padding-left: 5px; }
.slm-columns span { display: inline-block; }
.slm a.slm-link { color: var(--jp-content-link-color, #1a73c7); text-decoration: underline; font-size: 12.5px; }
"""


def panel_sheet() -> ipywidgets.HTML:
    """The rules of the panel's own parts as a widget, to stand among its children after the common sheet."""
    return style_sheet(_RULES)
