"""What a terminal shows while a run trains."""

from __future__ import annotations

import io
import re
import warnings

import pytest
from rich.console import Console

from slm_widgets.cli.errors import plain_warnings, told
from slm_widgets.cli.numbers import clock
from slm_widgets.cli.progress import TrainingProgress, progress_of, share_done
from slm_widgets.cli.training import follow
from slm_widgets.language import use_language
from slm_widgets.training import RunState
from tests.small_runs import ENDLESS, SETTINGS, start


def screen(config, *, is_stopping=lambda: False):
    """-> everything that a terminal 80 columns wide was told of a run, without its colours."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    run = start(config)
    with TrainingProgress(console, run, is_stopping):
        run.wait()
    assert isinstance(console.file, io.StringIO)
    return run, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", console.file.getvalue())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("loss ", "validation ", "perplexity ", "bits/byte", "lr ", "tokens/s", "B ", "auto chose compile off")),
        ("ko", ("손실 ", "검증 ", "퍼플렉시티 ", "바이트당 ", "lr ", "초당 ", "B ", "자동으로 고른 compile: off")),
    ],
)
def test_a_terminal_shows_the_numbers_and_what_auto_chose(language, words):
    with use_language(language):
        run, shown = screen(SETTINGS)
    last = shown[shown.rindex("20/20") :]
    for word in words[:-1]:
        assert word in last
    assert f"{run.history['smooth_loss'][-1]:.3f}" in last
    assert f"{run.history['val_perplexity'][-1]:.3g}" in last
    assert shown.count(words[-1]) == 1
    assert all(len(line) <= 80 for line in last.splitlines())


def test_a_run_that_only_the_clock_ends_counts_its_seconds():
    run, shown = screen({**SETTINGS, "max_steps": None, "max_minutes": 0.01, "eval_every": 1000})
    assert run.state is RunState.FINISHED
    assert "/0:01  step " in shown
    assert share_done(run) == 1.0


def test_a_run_with_steps_and_a_clock_is_as_far_as_the_nearer_end():
    run = start({**ENDLESS, "max_minutes": 0.02}).wait()
    assert run.step < 1_000_000
    assert share_done(run) == 1.0
    assert progress_of(run, 5) == "5/1000000"


def test_a_run_that_is_stopped_says_so_on_the_screen():
    _, shown = screen(SETTINGS, is_stopping=lambda: True)
    assert "stopping after this step; Ctrl-C again leaves at once" in shown


def test_a_notice_is_told_once_though_the_end_of_the_run_repeats_it(capsys):
    def work():
        run = start(SETTINGS)
        run.notify("The disk is full.")
        follow(Console(file=io.StringIO()), run)
        return 7

    with plain_warnings():
        warnings.simplefilter("default")  # as a program has it; here they are errors
        assert told(work) == 7
    assert capsys.readouterr().err == "The disk is full.\n"


def test_a_clock_reads_as_clocks_do():
    assert [clock(seconds) for seconds in (0, 59.2, 65, 3600, 7384)] == ["0:00", "1:00", "1:05", "1:00:00", "2:03:04"]
