"""layer_stack -> nn.Module."""

from slm_widgets.model.build import build_model
from slm_widgets.model.language_model import Cache, LanguageModel

__all__ = ["Cache", "LanguageModel", "build_model"]
