"""Token ids -> windows -> batches, without Python work for each sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from slm_widgets.errors import ConfigError, CorpusError
from slm_widgets.language import say


class Windows:
    """All the pieces of a text that fit into a model: ``context_length`` tokens, and for each the token that follows it.

    Window ``i`` begins at token ``i * stride``. A tail that is too short for a window is left out.

    Shape:
        ids: (N,) int64; ``batch(indices)``: two of (B, T) int64

    Args:
        ids: The text as token ids.
        context_length: T, tokens in a window.
        stride: Tokens from the start of one window to the start of the next. None: ``context_length``, so that each token is
            learned from once an epoch.

    Raises:
        CorpusError: The text is shorter than one window.
        ConfigError: ``context_length`` or ``stride`` is below 1.
    """

    def __init__(self, ids: torch.Tensor, context_length: int, stride: int | None = None) -> None:
        stride = context_length if stride is None else stride
        _at_least_one("context_length", context_length)
        _at_least_one("stride", stride)
        if len(ids) < context_length + 1:
            raise CorpusError(
                say(
                    en=f"The text has {len(ids):,} tokens, and one window of context_length {context_length:,} needs "
                    f"{context_length + 1:,}. Take a longer text{_or_shorter_en(len(ids))}.",
                    ko=f"글이 {len(ids):,}토큰인데, context_length {context_length:,}인 창 하나에는 "
                    f"{context_length + 1:,}토큰이 필요합니다. 더 긴 글을 쓰세요{_or_shorter_ko(len(ids))}.",
                )
            )
        self.ids, self.context_length, self.stride = ids, context_length, stride
        # A view: (number of windows, T + 1), one more than T because the targets are shifted by one. Nothing is copied.
        self._views = ids.unfold(0, context_length + 1, stride)

    def __len__(self) -> int:
        """The number of windows."""
        return len(self._views)

    def batch(self, indices: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Gathers windows: the tokens ``x`` that are read, and for each of them the token ``y`` that follows.

        Shape:
            indices: (B,); x: (B, T); y: (B, T)
        """
        windows = self._views[indices]  # (B, T + 1)
        return windows[:, :-1].contiguous(), windows[:, 1:].contiguous()


class Batches(Iterator[tuple[torch.Tensor, torch.Tensor]]):
    """An endless row of batches in random order: each window once an epoch, and every epoch shuffled anew.

    The order depends on ``(seed, epoch)`` alone, so that a run that is resumed at ``position`` sees what it would have seen.
    A batch is always full: one that reaches over the end of an epoch takes the rest from the next.

    Args:
        windows: Where the samples come from.
        batch_size: Windows in a batch.
        seed: Chooses the order.
        position: Batches that have been given already.
    """

    def __init__(self, windows: Windows, batch_size: int, seed: int, position: int = 0) -> None:
        _at_least_one("batch_size", batch_size)
        self.windows, self.batch_size, self.seed, self.position = windows, batch_size, seed, position
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.int64)

    @property
    def epoch(self) -> float:
        """How often each window has been seen, on average."""
        return self.position * self.batch_size / len(self.windows)

    def __next__(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Shape: x: (B, T); y: (B, T)."""
        sample, end = self.position * self.batch_size, (self.position + 1) * self.batch_size
        pieces = []
        while sample < end:
            epoch, start = divmod(sample, len(self.windows))
            piece = self._shuffled(epoch)[start : start + end - sample]
            pieces.append(piece)
            sample += len(piece)
        self.position += 1
        return self.windows.batch(torch.cat(pieces))

    def _shuffled(self, epoch: int) -> torch.Tensor:
        if epoch != self._epoch:
            # SeedSequence mixes the two numbers well; seed + epoch would give run 1 the epochs of run 0, one later.
            mixed = np.random.SeedSequence([self.seed % 2**64, epoch]).generate_state(1, np.uint64)
            dice = torch.Generator().manual_seed(int(mixed[0]) % 2**63)
            self._epoch, self._order = epoch, torch.randperm(len(self.windows), generator=dice)
        return self._order


def count_evaluation_batches(windows: Windows, batch_size: int, count: int) -> int:
    """How many batches ``evaluation_batches`` gives."""
    return min(count, len(windows) // min(batch_size, len(windows)))


def evaluation_batches(windows: Windows, batch_size: int, count: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Gives the same batches each time, spread evenly over the text, so that two evaluations can be compared.

    All batches have the same size, so the mean of their losses is the mean over their tokens. Where the text has fewer
    windows than ``count`` full batches there are fewer batches, and where it has fewer than one there is one small batch.
    """
    _at_least_one("batch_size", batch_size)
    _at_least_one("eval_batches", count)
    count = count_evaluation_batches(windows, batch_size, count)
    batch_size = min(batch_size, len(windows))
    chosen = torch.arange(count * batch_size) * len(windows) // (count * batch_size)
    for indices in chosen.split(batch_size):
        yield windows.batch(indices)


def _at_least_one(field: str, value: int) -> None:
    if value < 1:
        raise ConfigError(
            say(
                en=f"{field} is {value}. It must be a whole number of at least 1.",
                ko=f"{field}이(가) {value}입니다. 1 이상의 정수여야 합니다.",
            ),
            field=field,
        )


def _or_shorter_en(tokens: int) -> str:
    return f" or a context_length of at most {tokens - 1:,}" if tokens > 1 else ""


def _or_shorter_ko(tokens: int) -> str:
    return f". 또는 context_length를 {tokens - 1:,} 이하로 하세요" if tokens > 1 else ""
