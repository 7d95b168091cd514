"""The layer_stack document: read and write it, check it, and ask for its shapes and counts without building it."""

from slm_widgets.layers.problem import Problem
from slm_widgets.stack.analysis import analyse
from slm_widgets.stack.check import check_stack, parse_stack
from slm_widgets.stack.describe import LayerReport, Report, describe
from slm_widgets.stack.difference import Difference, difference
from slm_widgets.stack.document import LayerStack, Node
from slm_widgets.stack.presets import PresetInfo, preset, presets
from slm_widgets.stack.vocabulary import fill_vocabulary

__all__ = [
    "Difference",
    "LayerReport",
    "LayerStack",
    "Node",
    "PresetInfo",
    "Problem",
    "Report",
    "analyse",
    "check_stack",
    "describe",
    "difference",
    "fill_vocabulary",
    "parse_stack",
    "preset",
    "presets",
]
