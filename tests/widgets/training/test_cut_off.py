"""A new panel tells of the run in whose middle the program ended, and goes on with it."""

import pytest

from slm_widgets.library import load_run
from slm_widgets.widgets import TrainingPanel
from tests.small_runs import DESIGN, ENDLESS, leave_in_the_middle, small_corpus, start, until


def made(language="en"):
    return TrainingPanel(DESIGN, small_corpus(), config=ENDLESS, language=language, track=False)


@pytest.fixture
def cut_off():
    """A run that a program which is gone left in the middle."""
    run = start(ENDLESS)
    until(lambda: run.step > 3)
    run.stop()
    run.wait()
    leave_in_the_middle(run.folder)
    assert load_run(run.folder).was_cut_off
    return run


def is_there(panel):
    return panel._cut_off.layout.display is None


def test_a_run_that_was_cut_off_is_told_shown_and_gone_on_with(cut_off):
    panel = made()
    until(lambda: is_there(panel))
    assert f"can go on after step {cut_off.step} of 1,000,000" in panel._cut_off._words.value
    panel.language = "ko"
    assert f"{cut_off.step}스텝부터" in panel._cut_off._words.value
    panel._cut_off._button.click()
    assert not is_there(panel)
    panel._buttons.resume.click()
    until(lambda: panel.run is not None and panel.run.step > cut_off.step)
    assert panel.run.folder == cut_off.folder
    panel.stop()
    panel.wait()
    assert not is_there(panel)


def test_it_is_not_told_beside_another_run_nor_of_an_older_one(cut_off):
    panel = made()
    until(lambda: is_there(panel))
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 0)
    assert not is_there(panel)
    panel.stop()
    panel.wait()
    later = made()
    later._cut_off._read("en")
    assert not is_there(later)
    assert not load_run(panel.run.folder).was_cut_off
