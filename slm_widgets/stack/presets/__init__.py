"""Ready designs: small ones to train in a minute, published ones to read and count."""

from slm_widgets.stack.presets.catalogue import PresetInfo, preset, presets

__all__ = ["PresetInfo", "preset", "presets"]
