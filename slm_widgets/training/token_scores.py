"""How well single tokens are foreseen: loss, accuracy, and the F1 score of each token of the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from slm_widgets.model.head_loss import IGNORED

_TOP = 5


class TokenMetrics(NamedTuple):
    """Shares from 0 to 1; see ``Evaluation``."""

    accuracy: float
    top5_accuracy: float
    macro_f1: float


class TokenScores:
    """Counts, over any number of batches, what a model foresees and what comes; all of it stays on the model's device.

    Args:
        vocab_size: V.
        device: Where the scores lie.
    """

    def __init__(self, vocab_size: int, device: torch.device) -> None:
        # 32 bits: Apple's graphics processors have no atomic sum of 64. The entry behind the last takes what is not asked for.
        self._counts = torch.zeros(3, vocab_size + 1, dtype=torch.int32, device=device)  # came, foreseen, both
        self._near = torch.zeros((), dtype=torch.int64, device=device)  # among the five likeliest

    def add(self, pieces: Iterable[tuple[Tensor, Tensor]]) -> Tensor:
        """Counts one batch; without gradients, and without waiting for the device.

        Args:
            pieces: Scores (n, V), which are overwritten, and their targets (n,) int64, -100 where no token is asked for
                (``LanguageModel.scored``).

        Returns:
            The batch's mean loss, a scalar in nats per token.
        """
        found = [self._look(scores, targets) for scores, targets in pieces]
        losses, targets, foreseen, near = (torch.cat(parts) for parts in zip(*found, strict=True))  # (N,) each
        asked = targets != IGNORED
        none = torch.full_like(targets, self._counts.size(1) - 1)
        came = torch.where(asked, targets, none)
        foreseen = torch.where(asked, foreseen, none)
        both = torch.where(came == foreseen, came, none)
        one = torch.ones_like(came, dtype=self._counts.dtype)
        # Not bincount: on a graphics processor it waits for the largest id.
        for row, ids in zip(self._counts, (came, foreseen, both), strict=True):
            row.scatter_add_(0, ids, one)
        self._near += (near & asked).sum()
        return torch.where(asked, losses, 0.0).sum() / asked.sum()

    def metrics(self) -> TokenMetrics:
        """The shares over all batches so far; nan before the first."""
        came, foreseen, both = self._counts[:, :-1].cpu().double()  # (V,) each
        asked = float(came.sum())
        if not asked:
            return TokenMetrics(float("nan"), float("nan"), float("nan"))
        known = came + foreseen > 0
        # 2 / (1 / precision + 1 / recall); a token that never came or was never foreseen rightly has 0.
        f1 = 2 * both[known] / (came + foreseen)[known]
        return TokenMetrics(float(both.sum()) / asked, int(self._near) / asked, float(f1.mean()))

    @staticmethod
    def _look(scores: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Of each position: loss, target, likeliest token, whether the target is among the five likeliest; (n,) each."""
        wanted = targets.clamp(min=0).unsqueeze(1)  # (n, 1)
        highest, likeliest = scores.topk(min(_TOP, scores.size(1)))  # (n, 5) each
        score = scores.gather(1, wanted)  # (n, 1)
        # log_softmax by hand: the highest score is known already, and the memory is there.
        top = highest[:, :1]
        losses = scores.sub_(top).exp_().sum(1, keepdim=True).log_() + top - score  # (n, 1)
        return losses.squeeze(1), targets, likeliest[:, 0], (likeliest == wanted).any(1)
