"""The panel, driven as a page drives it: clicks and values."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest
import traitlets

from slm_widgets.errors import CorpusError, LayerStackError, RunError
from slm_widgets.language import use_language
from slm_widgets.running import RunState
from slm_widgets.stack import preset
from slm_widgets.training import TrainConfig
from slm_widgets.widgets import TrainingPanel
from slm_widgets.widgets.sample_pages import SamplePages
from tests.small_runs import DESIGN, TEXT, small_corpus, until

QUICK: dict[str, Any] = {"max_steps": 20, "batch_size": 4, "eval_every": 10, "eval_batches": 2, "sample_every": 10}
QUICK |= {"sample_tokens": 12, "device": "cpu"}
LONG = {**QUICK, "max_steps": 1_000_000, "sample_every": 0, "eval_every": 1_000_000}


class Editor(traitlets.HasTraits):
    """What the panel knows of a GraphEditor, without its bundle."""

    layer_stack = traitlets.List()
    config = traitlets.Dict()
    language = traitlets.Enum(["en", "ko"], "en")
    vocab_size = traitlets.Int(None, allow_none=True)

    @property
    def stack(self):
        raise AssertionError("the panel reads the traits")


def make(config: dict[str, Any] | None = None, **options: Any) -> TrainingPanel:
    editor = options.pop("editor", DESIGN)
    return TrainingPanel(editor, options.pop("corpus", small_corpus()), config=config or QUICK, track=False, **options)


def train(panel: TrainingPanel) -> None:
    panel._train_button.click()
    panel.wait()


def wrong_layers() -> list[Any]:
    layers = preset("gpt2-nano").layers
    layers[2]["children"][1]["data"]["numHeads"] = 6
    return layers


def words(panel: TrainingPanel) -> str:
    return panel._status.line.value + panel._status.facts.value + panel._problem.value + panel._where.value


def test_a_press_of_train_trains_and_shows_it():
    panel = make()
    assert (panel._train_button.disabled, panel._stop_button.disabled) == (False, True)
    train(panel)
    assert panel.run is not None
    assert panel.run.state is RunState.FINISHED
    assert (panel._train_button.disabled, panel._stop_button.disabled) == (False, True)
    assert panel._status.bar.value == panel._status.bar.max == 20
    assert "20 / 20" in words(panel)
    assert "finished" in words(panel)
    assert str(panel.run.folder) in words(panel)
    assert panel.figure._raw_line.y.tolist() == panel.run.history["loss"]
    assert panel.figure._validation_line.y.tolist() == panel.run.history["val_loss"]
    assert panel.figure in panel.children
    for sample in panel.run.samples:
        assert f"step {sample.step}:\n{sample.prompt}{sample.text}" in panel.samples.text
    assert len(panel.run.samples) == 2


def test_stop_keeps_the_model_and_a_second_press_begins_another_run():
    panel = make(LONG)
    panel._train_button.click()
    until(lambda: panel.run is not None and panel.run.step > 3)
    assert panel._train_button.disabled
    assert not panel._stop_button.disabled
    first = panel.run
    panel._train_button.click()  # nothing, while one is going on
    assert panel.run is first
    panel._stop_button.click()
    panel.wait()
    assert first is not None
    assert first.state is RunState.STOPPED
    assert first.model is not None
    assert "the model is kept" in words(panel)
    panel._form["max_steps"].widget.value = "3"
    train(panel)
    assert panel.run is not first
    assert first.folder.exists()
    assert len(panel.figure._raw_line.x) == 3


def test_stop_while_the_text_is_still_being_read_begins_no_run(monkeypatch):
    panel = make(LONG)
    load = panel._texts.load

    def stopped_meanwhile():
        panel._stop_button.click()
        return load()

    monkeypatch.setattr(panel._texts, "load", stopped_meanwhile)
    panel.train()
    until(lambda: not panel.is_busy)
    assert panel.run is None
    assert not panel._train_button.disabled


def test_an_interrupt_while_the_text_is_still_being_read_begins_no_run(monkeypatch):
    panel = make()
    load, may_load = panel._texts.load, threading.Event()

    class Interrupted(threading.Event):
        def wait(self, timeout=None):
            raise KeyboardInterrupt

    def slow_load():
        may_load.wait(60)
        return load()

    monkeypatch.setattr(panel._texts, "load", slow_load)
    panel._prepared = Interrupted()
    panel.train()
    with pytest.raises(KeyboardInterrupt):
        panel.wait()
    may_load.set()
    until(lambda: not panel.is_busy)
    assert panel.run is None


def test_pause_and_continue():
    panel = make(LONG)
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 1)
    run = panel.run
    assert run is not None
    panel._pause_button.click()
    until(lambda: run.state is RunState.PAUSED)
    run.wait(0.3)  # tells the panel
    assert panel._pause_button.description == "Continue"
    assert "paused" in words(panel)
    panel._pause_button.click()
    until(lambda: run.state is RunState.RUNNING)
    panel.stop()
    panel.wait()


def test_a_missing_text_is_told_in_the_panel_at_once_and_at_train():
    panel = make(corpus="no-such-file.txt")
    until(lambda: "There is no built-in corpus and no file" in panel._problem.value)
    panel._train_button.click()
    with pytest.raises(CorpusError, match=r"no-such-file\.txt"):
        panel.wait()
    assert "no-such-file.txt" in panel._problem.value
    assert panel.run is None
    assert not panel._train_button.disabled


def test_a_file_given_in_code_joins_the_menu(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(TEXT, encoding="utf-8")
    panel = make(corpus=path)
    assert panel._texts.corpus_menu.value == "mine.txt"
    train(panel)
    assert panel.run is not None
    assert panel.run.plan.corpus.text == TEXT


def test_a_wrong_setting_is_told_when_it_is_typed_and_points_at_its_input():
    panel = make()
    rate = panel._form["lr"].widget
    rate.value = "fast"
    assert "lr is &#x27;fast&#x27;, but it must be a number" in panel._problem.value
    assert "slm-wrong" in rate._dom_classes
    panel._train_button.click()
    assert panel.run is None
    assert "lr is" in panel._problem.value
    rate.value = "1e-3"
    assert panel._problem.value == ""
    assert "slm-wrong" not in rate._dom_classes
    panel._form["stride"].widget.value = "0"
    assert panel._form.rest.selected_index == 0  # brought to light


@pytest.mark.parametrize("typed", ["0,001", "0,5", "1,5", "12,34", "1,0000", "1,000.5"])
def test_a_decimal_comma_is_told_and_never_read_as_another_number(typed):
    panel = make()
    panel._form["lr"].widget.value = typed
    assert f"lr is &#x27;{typed}&#x27;, but it must be a number" in panel._problem.value


@pytest.mark.parametrize(("typed", "number"), [("10,000", 10_000), ("1,234,567", 1_234_567), ("999", 999)])
def test_commas_between_thousands_are_read(typed, number):
    panel = make()
    panel._form["max_steps"].widget.value = typed
    assert TrainConfig(**panel._form.values()).max_steps == number


def test_a_setting_that_is_put_right_hides_no_other_refusal():
    layers = wrong_layers()
    panel = make(editor=layers, corpus="no-such-file.txt")
    until(lambda: "no-such-file.txt" in panel._problem.value)
    rate = panel._form["lr"].widget
    rate.value = "fast"
    panel._train_button.click()
    for words in ("lr is", "6 heads", "no-such-file.txt"):
        assert words in panel._problem.value
    assert "slm-wrong" in rate._dom_classes
    rate.value = "1e-3"
    assert "lr is" not in panel._problem.value
    assert "6 heads" in panel._problem.value
    assert "no-such-file.txt" in panel._problem.value
    assert isinstance(panel.error, LayerStackError)  # of the press, until the next
    panel._texts.tokenizer_menu.value = "byte"
    assert "6 heads" in panel._problem.value
    with pytest.raises(LayerStackError):
        panel.wait()


def test_a_refused_design_is_told_until_it_can_be_built():
    editor = Editor(layer_stack=wrong_layers())
    panel = make(editor=editor)
    assert "6 heads" not in panel._problem.value  # not before it is wanted
    panel._train_button.click()
    editor.vocab_size = 300
    assert "6 heads" in panel._problem.value
    editor.layer_stack = preset("gpt2-nano").layers
    assert panel._problem.value == ""


def test_a_panel_that_fails_to_follow_does_not_fail_the_one_who_draws(monkeypatch):
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor)
    with monkeypatch.context() as broken:
        broken.setattr(panel._design, "analyse", lambda: 1 / 0)
        editor.layer_stack = []
    assert "ZeroDivisionError" in panel._problem.value
    editor.layer_stack = preset("gpt2-nano").layers
    assert panel._problem.value == ""


def test_a_korean_panel_stays_korean_when_the_design_changes():
    editor = Editor(layer_stack=preset("gpt2-nano").layers, config={"context_length": 64})
    panel = make(editor=editor, language="ko")
    layers = preset("gpt2-nano").layers
    layers[1]["data"]["ctxLength"] = 32
    editor.layer_stack = layers
    context = panel._form["context_length"].widget
    assert context.placeholder == "32 (설계)"
    assert panel._form["batch_size"].widget.description == "배치 크기 (조각)"


def test_a_design_that_cannot_be_built_is_told_where_it_is_wrong():
    panel = make(editor=wrong_layers())
    panel._train_button.click()
    assert isinstance(panel.error, LayerStackError)
    assert "6 heads, but 64 channels" in panel._problem.value
    assert panel.run is None


def test_a_training_that_diverges_says_so():
    panel = make({**QUICK, "lr": 1000.0, "warmup_steps": 0, "grad_clip": 0.0, "max_steps": 400, "sample_every": 0})
    panel.train()
    with pytest.raises(Exception, match="diverged"):
        panel.wait()
    assert panel.run is not None
    assert panel.run.state is RunState.FAILED
    assert "the training has diverged" in panel._problem.value
    assert "failed" in words(panel)
    assert not panel._train_button.disabled


def test_the_form_starts_from_the_recipe_of_the_design_and_says_what_train_gets():
    design = {**DESIGN, "config": {**DESIGN["config"], "training": {"lr": 0.005, "max_steps": 7, "betas": [0.8, 0.9]}}}
    panel = TrainingPanel(design, small_corpus(), track=False)
    expected = TrainConfig(lr=0.005, max_steps=7, betas=(0.8, 0.9))
    assert TrainConfig(**panel._form.values()) == expected


def test_every_setting_survives_the_way_through_the_form():
    config = TrainConfig(
        **{"epochs": 1.5, "context_length": 8, "stride": 4, "min_lr": 1e-5, "schedule": "constant", "warmup_steps": 3},
        **{"sample_prompt": " The, cat\t", "seed": 12, "device": "cpu", "lr": 1 / 3, "eval_every": 1_000_000},
    )
    panel = make(config.model_dump())
    assert TrainConfig(**panel._form.values()) == config
    panel.language = "ko"
    assert TrainConfig(**panel._form.values()) == config


def test_the_panel_follows_its_editor_s_language_and_keeps_what_is_chosen():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor, tokenizer="byte")
    assert panel._train_button.description == "Train"
    editor.language = "ko"
    assert panel.language == "ko"
    assert panel._train_button.description == "학습"
    assert panel._form["batch_size"].widget.description == "배치 크기 (조각)"
    assert panel._texts.tokenizer_menu.label == "byte: 바이트 하나가 토큰"
    assert panel._texts.corpus_menu.value == "small"
    assert "준비됨" in words(panel)
    train(panel)
    assert "완료" in words(panel)
    assert "검증" in panel.figure._legend.value
    editor.language = "en"
    assert "finished" in words(panel)
    assert "step 10:" in panel.samples.text
    with use_language("en"):
        assert "step 10:" in panel.samples._older.value


def test_the_editor_learns_the_vocabulary_of_the_chosen_tokenizer():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor)
    until(lambda: editor.vocab_size == len(set(TEXT)))
    panel._texts.tokenizer_menu.value = "byte"
    until(lambda: editor.vocab_size in (256, 257))


def test_a_run_takes_the_design_as_it_is_at_the_press():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor)
    train(panel)
    assert panel.run is not None
    layers = preset("gpt2-nano").layers
    layers[2]["data"]["numOfBlocks"] = 1
    editor.layer_stack = layers
    first = panel.run
    train(panel)
    assert [run.stack.layers[2]["data"]["numOfBlocks"] for run in (first, panel.run)] == [2, 1]


def test_whatever_a_model_writes_or_a_name_says_is_shown_as_its_characters():
    evil = "<img src=x onerror=alert(1)>"
    panel = make({**QUICK, "sample_prompt": evil}, corpus=small_corpus((evil + " &amp; <b>bold</b>\n") * 400))
    train(panel)
    shown = panel.samples._older.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert evil not in shown + words(panel)
    panel._form["lr"].widget.value = evil
    assert "&lt;img" in panel._problem.value
    assert "<img" not in panel._problem.value


def test_a_growing_sample_is_escaped_too():
    from slm_widgets.training import Progress, Sample

    pages = SamplePages()
    pages.hear([Progress(5, "sampling", 1, 10, "<script>")])
    assert "&lt;script&gt;" in pages._growing.value
    assert "<script>" not in pages._growing.value
    pages.hear([Sample(5, "<i>", "<script>done"), Progress(5, "sampling", 1, 10, "late")])
    assert pages._growing.value == ""
    assert "&lt;script&gt;done" in pages._older.value


def test_waiting_for_nothing_is_an_error_with_a_sentence():
    with pytest.raises(RunError, match="Nothing is being trained"):
        make().wait()


def test_an_unforeseen_exception_reaches_the_panel_and_not_nowhere(monkeypatch):
    panel = make()
    monkeypatch.setattr(panel._texts, "load", lambda: 1 / 0)
    panel.train()
    with pytest.raises(ZeroDivisionError):
        panel.wait()
    assert "ZeroDivisionError" in panel._problem.value
    assert not panel._train_button.disabled


@pytest.mark.parametrize(
    ("name", "missing"),
    [("TrainingPanel", ["ipycytoscape", "anywidget"]), ("TextGenerator", ["bqplot", "anywidget", "ipycytoscape"])],
)
def test_a_widget_needs_only_its_own_libraries(name, missing):
    code = (
        f"import sys\nfor m in {missing}: sys.modules[m] = None\n"
        "import slm_widgets.widgets.bundle as b, pathlib; b.STATIC = pathlib.Path('/nowhere')\n"
        f"from slm_widgets.widgets import {name}; {name}()"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
