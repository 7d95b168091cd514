"""Qwen 3.

Source: transformers' ``Qwen3ForCausalLM``; Yang et al. 2025.
"""

from __future__ import annotations

from collections.abc import Iterator

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.family import one_for_all
from slm_widgets.export.huggingface.llama import RotaryFamily
from slm_widgets.layers.place import MOST_REPEATS
from slm_widgets.stack.presets.parts import Json

_FULL, _SLIDING = "full_attention", "sliding_attention"


class Qwen3(RotaryFamily):
    """Qwen 3: Llama's shape with QK-norm; each layer sees everything, or a window of the last tokens."""

    model_type, architecture, title = "qwen3", "Qwen3ForCausalLM", "Qwen 3"
    qk_norm = True
    usual_groups = 32
    usual_head_dim = 128

    def windows(self, config: ConfigFile) -> list[int | None]:
        depth, slides = self.depth(config), config.flag("use_sliding_window", False)
        window = config.whole_or_none("sliding_window", 4096) if slides else None
        kinds = config.list_of("layer_types")
        if kinds is None:
            first = depth if window is None else config.whole("max_window_layers", 28, most=MOST_REPEATS)
            kinds = [_FULL if number < first else _SLIDING for number in range(depth)]
        if len(kinds) != depth or any(kind not in (_FULL, _SLIDING) for kind in kinds):
            raise config.wrong("layer_types", f"{depth} × {_FULL} / {_SLIDING}")
        if window is None and _SLIDING in kinds:
            raise config.wrong("layer_types", f"{depth} × {_FULL} (no sliding_window, or no use_sliding_window)")
        return [window if kind == _SLIDING else None for kind in kinds]

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from super().problems(decoder)
        yield from one_for_all(self, [p for p in decoder.attentions if p.layer.window_size], "window_size")

    def config(self, decoder: Decoder) -> Json:
        windows = [part.layer.window_size for part in decoder.attentions]
        window = next((window for window in windows if window is not None), None)
        return {
            **super().config(decoder),
            "use_sliding_window": window is not None,
            "sliding_window": window,
            # Version 4.51 knows no layer_types: the layers from this number on see a window.
            "max_window_layers": windows.index(window) if window is not None else len(windows),
            "layer_types": [_FULL if window is None else _SLIDING for window in windows],
        }
