"""Windows and batches against torch's unfold, and against slices in plain Python."""

from __future__ import annotations

from itertools import islice

import pytest
import torch

from slm_widgets.data import Batches, Windows, evaluation_batches
from slm_widgets.errors import ConfigError, CorpusError

IDS = torch.arange(1000, 1103)


@pytest.mark.parametrize(("context_length", "stride"), [(8, None), (8, 1), (8, 3), (5, 12), (102, None), (1, None)])
def test_windows_are_the_slices_of_the_text(context_length: int, stride: int | None) -> None:
    windows = Windows(IDS, context_length, stride)
    step = stride or context_length
    ids = IDS.tolist()
    starts = [start for start in range(0, len(ids), step) if start + context_length + 1 <= len(ids)]
    assert len(windows) == len(starts)
    x, y = windows.batch(torch.arange(len(windows)))
    assert (x.dtype, x.shape) == (torch.int64, (len(starts), context_length))
    assert x.tolist() == [ids[start : start + context_length] for start in starts]
    assert y.tolist() == [ids[start + 1 : start + 1 + context_length] for start in starts]
    assert x.is_contiguous()
    assert y.is_contiguous()
    peer = IDS.unfold(0, context_length, step)
    assert torch.equal(x, peer[: len(starts)])


def test_text_shorter_than_a_window_says_how_much_is_needed() -> None:
    with pytest.raises(CorpusError, match=r"103 tokens.*needs 104.*at most 102"):
        Windows(IDS, 103)
    with pytest.raises(CorpusError, match="1 tokens") as caught:
        Windows(IDS[:1], 1)
    assert "at most" not in str(caught.value)


@pytest.mark.parametrize("field", ["context_length", "stride"])
def test_zero_is_refused_by_name(field: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Windows(IDS, **{"context_length": 4, field: 0})
    assert caught.value.field == field


def samples(batches: list[tuple[torch.Tensor, torch.Tensor]]) -> list[int]:
    """The first token of each sample, which tells the window."""
    return [int(token) for x, _ in batches for token in x[:, 0]]


@pytest.mark.parametrize("batch_size", [1, 4, 5, 12, 30])
def test_every_window_comes_once_an_epoch_and_every_batch_is_full(batch_size: int) -> None:
    windows = Windows(IDS, 8)
    assert len(windows) == 12
    batches = list(islice(Batches(windows, batch_size, seed=1), 24))
    assert all(x.shape == y.shape == (batch_size, 8) for x, y in batches)
    seen = samples(batches)
    epochs = [seen[start : start + 12] for start in range(0, len(seen) - 11, 12)]
    everything = sorted(IDS[::8][:12].tolist())
    assert all(sorted(epoch) == everything for epoch in epochs)
    assert len({tuple(epoch) for epoch in epochs}) == len(epochs)  # no two epochs in the same order


def test_batches_go_on_exactly_where_they_were() -> None:
    windows = Windows(IDS, 8)
    whole = list(islice(Batches(windows, 5, seed=7), 30))
    for position in (0, 1, 2, 7, 29):
        resumed = Batches(windows, 5, seed=7, position=position)
        for x, y in whole[position:]:
            x_again, y_again = next(resumed)
            assert torch.equal(x, x_again)
            assert torch.equal(y, y_again)
        assert resumed.position == 30
        assert resumed.epoch == 30 * 5 / 12


def test_order_depends_on_the_seed_and_on_nothing_else() -> None:
    windows = Windows(IDS, 8)
    first = samples(list(islice(Batches(windows, 4, seed=0), 6)))
    torch.manual_seed(99)
    torch.rand(17)
    assert samples(list(islice(Batches(windows, 4, seed=0), 6))) == first
    others = [samples(list(islice(Batches(windows, 4, seed=seed), 6))) for seed in (1, 2, -1)]
    assert all(other != first for other in others)
    assert others[0][:12] != first[12:]  # seed 1 does not begin with the second epoch of seed 0


def test_batches_leave_the_global_dice_alone() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    next(Batches(Windows(IDS, 8), 4, seed=0))
    assert torch.equal(torch.rand(3), expected)


def test_evaluation_batches_are_the_same_each_time_and_spread_evenly() -> None:
    windows = Windows(torch.arange(801), 8)
    assert len(windows) == 100
    first, second = list(evaluation_batches(windows, 5, 4)), list(evaluation_batches(windows, 5, 4))
    assert len(first) == 4
    assert all(torch.equal(a[0], b[0]) and torch.equal(a[1], b[1]) for a, b in zip(first, second, strict=True))
    assert samples(first) == [window * 8 for window in range(0, 100, 5)]


@pytest.mark.parametrize(("batch_size", "count", "expected"), [(5, 999, [5] * 20), (30, 10, [30] * 3), (500, 3, [100])])
def test_evaluation_takes_what_there_is(batch_size: int, count: int, expected: list[int]) -> None:
    batches = list(evaluation_batches(Windows(torch.arange(801), 8), batch_size, count))
    assert [len(x) for x, _ in batches] == expected
    assert len(set(samples(batches))) == sum(expected)


def test_batch_size_zero_is_refused() -> None:
    with pytest.raises(ConfigError) as caught:
        Batches(Windows(IDS, 8), 0, seed=0)
    assert caught.value.field == "batch_size"
