"""Mistral.

Source: transformers' ``MistralForCausalLM``; Jiang et al. 2023.
"""

from __future__ import annotations

from collections.abc import Iterator

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.family import one_for_all
from slm_widgets.export.huggingface.llama import RotaryFamily
from slm_widgets.stack.presets.parts import Json


class Mistral(RotaryFamily):
    """Mistral: Llama's shape without biases; every layer may see a window of the last tokens only."""

    model_type, architecture, title = "mistral", "MistralForCausalLM", "Mistral"
    attention_bias = False
    usual_groups = 8

    def windows(self, config: ConfigFile) -> list[int | None]:
        kinds = config.list_of("layer_types") or []
        if any(kind != kinds[0] for kind in kinds):  # other classes in transformers read that
            raise config.wrong("layer_types", str(kinds[:1]))
        return [config.whole_or_none("sliding_window", 4096)] * self.depth(config)

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from super().problems(decoder)
        yield from one_for_all(self, decoder.attentions, "window_size")

    def config(self, decoder: Decoder) -> Json:
        return {**super().config(decoder), "sliding_window": decoder.attentions[0].layer.window_size}
