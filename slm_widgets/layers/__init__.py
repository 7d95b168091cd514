"""Layer types. ONE FILE = ONE LAYER TYPE: its fields, its rules, its torch module, its help in two languages.

Every file of this folder is loaded, so a new one needs no other edit. Files that are no layer type: ``layer`` (what a layer
type is, and the register), ``palette_entries``, ``formula``, ``place``, ``problem``, ``memory``, ``plugins`` (layer types of
other packages), and the parts of attention (``attention``, ``attention_fields``, ``rotary``, ``position_bias``).
"""

import importlib
import pkgutil

from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer, layer_types, register, unregister
from slm_widgets.layers.palette_entries import palette
from slm_widgets.layers.place import TOKENS, Flow, Place, vectors
from slm_widgets.layers.plugins import load_plugins
from slm_widgets.layers.problem import Problem

for _file in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_file.name}")
load_plugins()

__all__ = [
    "TOKENS",
    "Flow",
    "Layer",
    "Paper",
    "Place",
    "Problem",
    "layer_types",
    "palette",
    "register",
    "unregister",
    "vectors",
]
