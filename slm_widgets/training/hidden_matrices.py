"""Which weights Muon may train: the matrices between embedding and head."""

from __future__ import annotations

from torch import nn


def hidden_matrices(model: nn.Module) -> set[nn.Parameter]:
    """Finds the matrices that take one hidden vector to another.

    Muon makes a step orthogonal: it pushes in all directions alike. That suits a matrix whose inputs and outputs are both
    dense vectors, so it is the weights of ``nn.Linear`` that are meant. What is not:

    - the head (the last ``nn.Linear``) and embeddings, tied or not: a rare token's row should not get as much push as a
      frequent one's. Tables of positions are embeddings;
    - norms, biases and everything else that is no matrix. So are convolutions: Jordan flattened theirs to matrices for images,
      but torch's Muon takes matrices only, and a depthwise one has nothing to make orthogonal;
    - recurrent layers of torch's own (``nn.GRU``, ``nn.LSTM``): their weights are several gates' matrices in one, and how a
      recurrence grows hangs on their size; no source that we know tries it.

    Each expert of a mixture is two or three matrices of its own, and is trained as such; so is its router (as in GLM-4.5).

    Source: Jordan 2024 (https://kellerjordan.github.io/posts/muon/); Liu et al. 2025 (arXiv 2502.16982), section 2.
    """
    linear = [module for module in model.modules() if isinstance(module, nn.Linear)]
    tables = {module.weight for module in model.modules() if isinstance(module, nn.Embedding)}
    if linear:
        tables.add(linear[-1].weight)
    return {m.weight for m in linear if m.weight.dim() == 2} - tables  # pyright: ignore[reportReturnType]
