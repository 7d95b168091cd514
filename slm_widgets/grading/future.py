"""Does a model see what it is to guess?"""

from __future__ import annotations

import torch

from slm_widgets.model import LanguageModel

_TOKENS = 16
_NOTICEABLE = 1e-4  # of the largest logit; rounding is a hundred times smaller


@torch.no_grad()
def sees_the_future(model: LanguageModel) -> bool:
    """Tells whether other tokens later change what the model says earlier: asked of the model itself, whatever it is made of.

    Ask a trained model: before, layers that begin at zero pass nothing on.
    """
    T = min(model.context_length or _TOKENS, _TOKENS)
    if T < 2:
        return False
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(model.vocab_size, (1, T), generator=generator)
    other = ids.clone()
    middle = T // 2
    other[:, middle:] = (other[:, middle:] + 1) % model.vocab_size
    was_training = model.training
    model.eval()
    before, after = (model(tokens.to(device))[:, :middle] for tokens in (ids, other))  # (1, T / 2, V)
    model.train(was_training)
    return bool((before - after).abs().max() > _NOTICEABLE * before.abs().max())
