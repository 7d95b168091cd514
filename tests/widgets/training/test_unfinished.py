"""A new panel tells of the run that an earlier program left unfinished, and goes on with it."""

import pytest

from slm_widgets.widgets import TrainingPanel
from tests.small_runs import DESIGN, ENDLESS, leave_in_the_middle, small_corpus, start, until


def made(language="en"):
    return TrainingPanel(DESIGN, small_corpus(), config=ENDLESS, language=language, track=False)


@pytest.fixture(params=["RUNNING", "STOPPED"])
def cut_off(request):
    """A run that a program which is gone left in the middle: killed, or stopped as a kernel does that is restarted."""
    run = start(ENDLESS)
    until(lambda: run.step > 3)
    run.stop()
    run.wait()
    leave_in_the_middle(run.folder, request.param)
    return run


def is_there(panel):
    return panel._unfinished.layout.display is None


@pytest.mark.filterwarnings("ignore:The run was cut off after step")
def test_a_run_that_was_left_is_told_shown_and_gone_on_with(cut_off):
    panel = made()
    until(lambda: is_there(panel))
    assert f"can go on after step {cut_off.step} of 1,000,000" in panel._unfinished._words.value
    panel.language = "ko"
    assert f"{cut_off.step}스텝부터" in panel._unfinished._words.value
    panel._unfinished._button.click()
    assert not is_there(panel)
    panel._buttons.resume.click()
    until(lambda: panel.run is not None and panel.run.step > cut_off.step)
    assert panel.run.folder == cut_off.folder
    panel.stop()
    panel.wait()
    assert not is_there(panel)


def test_it_is_told_in_the_language_of_the_panel(cut_off):
    panel = made("ko")
    until(lambda: is_there(panel))
    assert f"{cut_off.step}스텝부터" in panel._unfinished._words.value
    assert panel._unfinished._button.description == "보기"


@pytest.mark.filterwarnings("ignore:The run was cut off after step")
def test_it_is_not_told_beside_another_run_nor_of_an_older_one(cut_off):
    panel = made()
    until(lambda: is_there(panel))
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 0)
    assert not is_there(panel)
    panel.stop()
    panel.wait()
    later = made()  # that one was stopped in this very program
    later._unfinished._read("en")
    assert not is_there(later)
