"""layer_stack -> nn.Module."""

import torch

from slm_widgets.model.build import build_model
from slm_widgets.model.language_model import Cache, LanguageModel

__all__ = ["Cache", "LanguageModel", "build_model"]

# The first vector function of a process lets oneMKL 2024.2 look at the processor, without a lock: a second thread of the same
# call may meanwhile take less exact ones for its half of the numbers. With one number there is no second thread.
# Source: pytorch/pytorch#188792.
torch.zeros(1).exp()
