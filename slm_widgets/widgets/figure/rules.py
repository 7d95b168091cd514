"""The style sheet of the figure's legend, buttons and pane; the rest is in ``style.py``."""

from __future__ import annotations

from slm_widgets.widgets.style import DASHES, FLOOR, GRADIENT_NORM, LEARNING_RATE, OVERLAYS, TRAIN, VALIDATION

_LINES = {
    "train": f"3px solid {TRAIN}",
    "validation": f"3px solid {VALIDATION}",
    "floor": f"2px dashed {FLOOR}",
    "lr": f"2px solid {LEARNING_RATE}",
    "grad_norm": f"2px solid {GRADIENT_NORM}",
}
_SHAPES = {"checkpoint": ("◆", VALIDATION), "sample": ("▲", TRAIN)}
# Lengths in px, drawn and left out by turns.
_DRAWN = {"solid": (20,), "dashed": (5, 3), "dash_dotted": (8, 3, 2, 3), "dotted": (2, 3)}


def overlay_look(number: int) -> str:
    """The class of the legend's entry for the earlier run with this number, from 0."""
    return f"slm-key-overlay{number % (len(OVERLAYS) * len(DASHES))}"


def overlay_line(number: int) -> str:
    """The line of the earlier run with this number, from 0, as a CSS background: no border of CSS has dashes and dots."""
    colour, dashes = OVERLAYS[number % len(OVERLAYS)], _DRAWN[DASHES[number // len(OVERLAYS) % len(DASHES)]]
    stops, at = [], 0
    for count, length in enumerate(dashes):
        stops.append(f"{'transparent' if count % 2 else colour} {at}px {at + length}px")
        at += length
    return f"repeating-linear-gradient(90deg, {', '.join(stops)})"


def _keys() -> str:
    rules = [
        f".slm .slm-key-{name}::before {{ border-top: {border}; width: 20px; }}" for name, border in _LINES.items()
    ]
    rules += [
        f".slm .{overlay_look(number)}::before {{ background: {overlay_line(number)}; height: 3px; width: 20px; }}"
        for number in range(len(OVERLAYS) * len(DASHES))
    ]
    rules += [
        f".slm .slm-key-{name}::before {{ content: '{shape}'; color: {colour}; }}"
        for name, (shape, colour) in _SHAPES.items()
    ]
    return "\n".join(rules)


RULES = f"""
.slm .slm-legend, .slm .slm-tools {{ display: flex; flex-wrap: wrap; gap: 2px 4px; overflow: visible; margin: 0; width: 100%; height: auto;
  flex: none; padding-bottom: 4px; }}
.slm .slm-key {{ display: inline-flex; align-items: center; gap: 6px; width: auto; height: 24px; line-height: 22px; margin: 0; padding: 0 7px;
  border: 1px solid transparent; border-radius: 4px; background: transparent !important; box-shadow: none !important; font-size: 12.5px; max-width: 100%;
  color: var(--slm-text) !important; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; flex: none; }}
.slm .slm-key::before {{ content: ''; flex: none; }}
.slm .slm-key:hover {{ background: var(--slm-lift) !important; }}
.slm .slm-key:not(.mod-active) {{ color: var(--slm-quiet) !important; text-decoration: line-through; }}
.slm .slm-key:not(.mod-active)::before {{ opacity: .35; }}
.slm .slm-tool {{ width: auto; min-width: 26px; height: 24px; line-height: 22px; margin: 0; padding: 0 7px; border: 1px solid var(--slm-line); border-radius: 4px;
  background: transparent; color: var(--slm-text); font-size: 12px; box-shadow: none; flex: none; }}
.slm .slm-tool:hover:enabled {{ background: var(--slm-lift); }}
.slm .slm-tool.mod-active {{ background: var(--slm-accent-deep); border-color: var(--slm-accent-deep); color: #fff; }}
.slm .slm-tool:disabled {{ opacity: .45; }}
.slm .slm-key:focus-visible, .slm .slm-tool:focus-visible {{ outline: 2px solid var(--slm-accent); outline-offset: 1px; }}
.slm .slm-details {{ border: 1px solid var(--slm-line); border-radius: 5px; padding: 7px 8px 9px 12px; margin: 2px 0 0; width: 100%; box-sizing: border-box;
  align-items: flex-start; gap: 8px; overflow: visible; }}
.slm .slm-opened {{ flex: 1 1 auto; min-width: 0; width: auto; max-height: 180px; overflow: auto !important; }}
.slm .slm-opened .slm-heading {{ margin-bottom: 4px; }}
.slm .bqplot .dot {{ cursor: pointer; }}
{_keys()}
"""
