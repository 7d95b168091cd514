"""The panel, driven as a page drives it: clicks and values."""

from __future__ import annotations

import gc
import itertools
import subprocess
import sys
import threading
import time
import weakref
from typing import Any

import pytest
import traitlets

from slm_widgets.errors import ConfigError, CorpusError, DivergedError, LayerStackError, RunError
from slm_widgets.language import use_language
from slm_widgets.running import Run, RunState, learning_rates
from slm_widgets.stack import preset
from slm_widgets.training import Evaluation, Step, TrainConfig
from slm_widgets.training.finder import Tried
from slm_widgets.widgets import TrainingPanel
from slm_widgets.widgets.sample_pages import SamplePages
from slm_widgets.widgets.style import OVERLAYS
from tests.small_runs import DESIGN, ENDLESS, TEXT, small_corpus, start, until
from tests.widgets.test_live_figure import line

QUICK: dict[str, Any] = {"max_steps": 4, "batch_size": 4, "eval_every": 2, "eval_batches": 1, "sample_every": 2}
QUICK |= {"sample_tokens": 4, "device": "cpu", "precision": "fp32", "compile": "off"}
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
    panel._buttons.train.click()
    panel.wait()


def train_and_stop_while_reading(panel: TrainingPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    load = panel._prospect.texts.load

    def stopped_meanwhile():
        panel._buttons.stop.click()
        return load()

    monkeypatch.setattr(panel._prospect.texts, "load", stopped_meanwhile)
    panel.train()
    until(lambda: not panel.is_busy)


def wrong_layers() -> list[Any]:
    layers = preset("gpt2-nano").layers
    layers[2]["children"][1]["data"]["numHeads"] = 6
    return layers


def words(panel: TrainingPanel) -> str:
    return (
        panel._view.status.line.value
        + panel._view.status.facts.value
        + panel._complaints.lines.value
        + panel._view.where.value
    )


def test_a_press_of_train_trains_and_shows_it():
    panel = make()
    assert (panel._buttons.train.disabled, panel._buttons.stop.disabled) == (False, True)
    train(panel)
    assert panel.run is not None
    assert panel.run.state is RunState.FINISHED
    assert (panel._buttons.train.disabled, panel._buttons.stop.disabled) == (False, True)
    assert panel._view.status.bar.value == panel._view.status.bar.max == 4
    assert "4 / 4" in words(panel)
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
    panel._buttons.train.click()
    until(lambda: panel.run is not None and panel.run.step > 3)
    assert panel._buttons.train.disabled
    assert not panel._buttons.stop.disabled
    first = panel.run
    panel._buttons.train.click()  # nothing, while one is going on
    assert panel.run is first
    panel._buttons.stop.click()
    panel.wait()
    assert first is not None
    assert first.state is RunState.STOPPED
    assert first.model is not None
    assert "the model is kept" in words(panel)
    panel._prospect.form["max_steps"].widget.value = "3"
    train(panel)
    assert panel.run is not first
    assert first.folder.exists()
    assert len(panel.figure._raw_line.x) == 3


def test_stop_while_the_text_is_still_being_read_begins_no_run(monkeypatch):
    panel = make(LONG)
    train_and_stop_while_reading(panel, monkeypatch)
    assert panel.run is None
    assert not panel._buttons.train.disabled


def test_stop_while_the_text_is_being_read_leaves_a_run_of_somebody_else_alone(monkeypatch):
    theirs = start(ENDLESS)
    until(lambda: theirs.step > 0)
    panel = make(LONG)
    assert panel.run is theirs
    train_and_stop_while_reading(panel, monkeypatch)
    assert panel.run is theirs
    assert not theirs.control.stopping
    theirs.stop()
    theirs.wait()


def test_a_panel_lets_go_of_the_runs_that_it_does_not_show_any_more():
    panel = make()
    seen = []
    for _ in range(3):
        train(panel)
        seen.append(weakref.ref(panel.run))
    until(lambda: (gc.collect(), [run() is None for run in seen] == [True, True, False])[1])


def test_every_wrong_input_is_pointed_at_and_called_as_in_the_form():
    panel = make()
    for name, value in {"max_steps": "abc", "batch_size": "0.5", "lr": "-5"}.items():
        panel._prospect.form[name].widget.value = value
    marked = [name for name in TrainConfig.model_fields if "slm-wrong" in _classes(panel, name)]
    assert set(marked) == {"max_steps", "batch_size", "lr"}
    told = words(panel)
    assert all(f"{title}: {name} is " in told for title, name in WRONG.items())
    panel._prospect.form["lr"].widget.value = "0.01"
    assert "slm-wrong" not in _classes(panel, "lr")
    assert "slm-wrong" in _classes(panel, "max_steps")


WRONG = {"Steps": "max_steps", "Batch size": "batch_size", "Learning rate": "lr"}


def _classes(panel: TrainingPanel, name: str) -> tuple[str, ...]:
    try:
        return panel._prospect.form[name].widget._dom_classes
    except KeyError:  # not in the form
        return ()


def test_what_a_run_failed_with_is_pointed_at_until_it_is_changed():
    wild = {**QUICK, "optimizer": "SGD", "lr": 900.0, "grad_clip": 0.0, "warmup_steps": 0, "max_steps": 60}
    panel = make({**wild, "sample_every": 0})
    with pytest.raises(DivergedError):
        train(panel)
    rate = panel._prospect.form["lr"].widget
    until(lambda: "slm-wrong" in rate._dom_classes)
    rate.value = "0.05"
    assert "slm-wrong" not in rate._dom_classes
    panel._show()
    assert "slm-wrong" not in rate._dom_classes
    rate.value = "900"
    assert "slm-wrong" in rate._dom_classes


def test_what_is_typed_while_a_run_goes_on_is_said_to_be_for_the_next_one():
    panel = make(LONG)
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 0)
    rate, said = panel._prospect.form["lr"].widget, panel._for_the_next
    before = rate.value
    assert said.value == ""
    rate.value = "0.0123"
    assert "next one" in said.value
    rate.value = before
    assert said.value == ""
    rate.value = "0.0123"
    panel._buttons.stop.click()
    panel.wait()
    assert said.value == ""


def test_what_the_recipe_filled_in_gives_way_to_what_is_typed():
    panel = TrainingPanel("gpt2-nano", small_corpus(), track=False)
    form = panel._prospect.form
    recipe = panel._prospect.config
    assert recipe.min_lr is not None
    assert recipe.warmup_steps is not None
    form["lr"].widget.value = str(recipe.min_lr / 2)
    form["max_steps"].widget.value = str(recipe.warmup_steps // 2)
    now = panel._prospect.config
    assert (now.lr, now.min_lr, now.warmup_steps) == (recipe.min_lr / 2, None, None)
    assert words(panel).count("min_lr") == 0
    form["min_lr"].widget.value = "0.5"  # what somebody typed is told, and stays
    with pytest.raises(ConfigError, match="min_lr is"):
        panel._prospect.config  # noqa: B018
    assert form["min_lr"].value == 0.5


def test_another_optimizer_gets_its_own_settings_and_the_first_ones_come_back():
    """Muon in shakespeare-fast is a choice that can be switched off, as every other."""
    panel = TrainingPanel("shakespeare-fast", small_corpus(), track=False)
    form = panel._prospect.form
    recipe = panel._prospect.config
    assert (recipe.optimizer, recipe.rest_lr is None) == ("Muon", False)
    form["weight_decay"].widget.value = "0.05"  # somebody's own wish
    form["optimizer"].widget.value = "AdamW"
    plain = TrainConfig()
    now = panel._prospect.config
    assert (now.lr, now.rest_lr, now.weight_decay) == (plain.lr, None, 0.05)
    form["optimizer"].widget.value = "Muon"
    assert panel._prospect.config == recipe.model_copy(update={"weight_decay": 0.05})


@pytest.mark.slow
def test_an_interrupt_while_the_text_is_still_being_read_begins_no_run(monkeypatch):
    panel = make()
    load, may_load = panel._prospect.texts.load, threading.Event()

    class Interrupted(threading.Event):
        def wait(self, timeout=None):
            raise KeyboardInterrupt

    def slow_load():
        may_load.wait(60)
        return load()

    monkeypatch.setattr(panel._prospect.texts, "load", slow_load)
    panel._beginning.preparation.ended = Interrupted()
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
    panel._buttons.pause.click()
    until(lambda: run.state is RunState.PAUSED)
    run.wait(0.3)  # tells the panel
    assert panel._buttons.pause.description == "Continue"
    assert "paused" in words(panel)
    panel._buttons.pause.click()
    until(lambda: run.state is RunState.RUNNING)
    panel.stop()
    panel.wait()


def test_a_missing_text_is_told_in_the_panel_at_once_and_at_train():
    panel = make(corpus="no-such-file.txt")
    until(lambda: "There is no built-in corpus and no file" in panel._complaints.lines.value)
    panel._buttons.train.click()
    with pytest.raises(CorpusError, match=r"no-such-file\.txt"):
        panel.wait()
    assert "no-such-file.txt" in panel._complaints.lines.value
    assert panel.run is None
    assert not panel._buttons.train.disabled


@pytest.mark.slow
def test_a_file_given_in_code_joins_the_menu(tmp_path):
    path = tmp_path / "mine.txt"
    path.write_text(TEXT, encoding="utf-8")
    panel = make(corpus=path)
    assert panel._prospect.texts.corpus_menu.value == "mine.txt"
    train(panel)
    assert panel.run is not None
    assert panel.run.plan.corpus.text == TEXT


def test_a_wrong_setting_is_told_when_it_is_typed_and_points_at_its_input():
    panel = make()
    rate = panel._prospect.form["lr"].widget
    rate.value = "fast"
    assert "lr is &#x27;fast&#x27;, but it must be a number" in panel._complaints.lines.value
    assert "slm-wrong" in rate._dom_classes
    panel._buttons.train.click()
    assert panel.run is None
    assert "lr is" in panel._complaints.lines.value
    rate.value = "1e-3"
    assert panel._complaints.lines.value == ""
    assert "slm-wrong" not in rate._dom_classes
    panel._prospect.form["stride"].widget.value = "0"
    assert panel._prospect.form.rest.is_open  # brought to light, on its own page
    assert panel._prospect.form.sections.value == "data"


def test_a_decimal_comma_is_told_and_never_read_as_another_number():
    panel = make()
    for typed in ("0,001", "0,5", "1,5", "12,34", "1,0000", "1,000.5"):
        panel._prospect.form["lr"].widget.value = typed
        assert f"lr is &#x27;{typed}&#x27;, but it must be a number" in panel._complaints.lines.value


@pytest.mark.slow
def test_a_setting_that_is_put_right_hides_no_other_refusal():
    layers = wrong_layers()
    panel = make(editor=layers, corpus="no-such-file.txt")
    until(lambda: "no-such-file.txt" in panel._complaints.lines.value)
    rate = panel._prospect.form["lr"].widget
    rate.value = "fast"
    panel._buttons.train.click()
    for words in ("lr is", "6 heads", "no-such-file.txt"):
        assert words in panel._complaints.lines.value
    assert "slm-wrong" in rate._dom_classes
    rate.value = "1e-3"
    assert "lr is" not in panel._complaints.lines.value
    assert "6 heads" in panel._complaints.lines.value
    assert "no-such-file.txt" in panel._complaints.lines.value
    assert isinstance(panel.error, LayerStackError)  # of the press, until the next
    panel._prospect.texts.tokenizer_menu.value = "byte"
    assert "6 heads" in panel._complaints.lines.value
    with pytest.raises(LayerStackError):
        panel.wait()


def test_a_refused_design_is_told_until_it_can_be_built():
    editor = Editor(layer_stack=wrong_layers())
    panel = make(editor=editor)
    assert "6 heads" not in panel._complaints.lines.value  # not before it is wanted
    panel._buttons.train.click()
    editor.vocab_size = 300
    assert "6 heads" in panel._complaints.lines.value
    editor.layer_stack = preset("gpt2-nano").layers
    assert panel._complaints.lines.value == ""


def test_a_panel_that_fails_to_follow_does_not_fail_the_one_who_draws(monkeypatch):
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor)
    with monkeypatch.context() as broken:
        broken.setattr(panel._design, "analyse", lambda: 1 / 0)
        editor.layer_stack = []
    assert "ZeroDivisionError" in panel._complaints.lines.value
    editor.layer_stack = preset("gpt2-nano").layers
    assert panel._complaints.lines.value == ""


def test_a_korean_panel_stays_korean_when_the_design_changes():
    editor = Editor(layer_stack=preset("gpt2-nano").layers, config={"context_length": 64})
    panel = make(editor=editor, language="ko")
    layers = preset("gpt2-nano").layers
    layers[1]["data"]["ctxLength"] = 32
    editor.layer_stack = layers
    context = panel._prospect.form["context_length"].widget
    assert context.placeholder == "32 (설계)"
    assert panel._prospect.form["batch_size"].widget.description == "배치 크기 (조각)"


def test_a_design_that_cannot_be_built_is_told_where_it_is_wrong():
    panel = make(editor=wrong_layers())
    panel._buttons.train.click()
    assert isinstance(panel.error, LayerStackError)
    assert "6 heads, but 64 channels" in panel._complaints.lines.value
    assert panel.run is None


@pytest.mark.slow
def test_a_training_that_diverges_says_so():
    panel = make({**QUICK, "lr": 1000.0, "warmup_steps": 0, "grad_clip": 0.0, "max_steps": 400, "sample_every": 0})
    panel.train()
    with pytest.raises(Exception, match="diverged"):
        panel.wait()
    assert panel.run is not None
    assert panel.run.state is RunState.FAILED
    assert "the training has diverged" in panel._complaints.lines.value
    assert "failed" in words(panel)
    assert not panel._buttons.train.disabled


def test_the_form_starts_from_the_recipe_of_the_design_and_says_what_train_gets():
    design = {**DESIGN, "config": {**DESIGN["config"], "training": {"lr": 0.005, "max_steps": 7, "betas": [0.8, 0.9]}}}
    panel = TrainingPanel(design, small_corpus(), track=False)
    expected = TrainConfig(lr=0.005, max_steps=7, betas=(0.8, 0.9))
    assert TrainConfig(**panel._prospect.form.values()) == expected


def test_dict_of_settings_changes_the_recipe_of_the_design_as_it_does_for_train():
    design = {**DESIGN, "config": {**DESIGN["config"], "training": {"lr": 0.005, "max_steps": 7}}}
    panel = TrainingPanel(design, small_corpus(), config={"max_steps": 9}, track=False)
    assert TrainConfig(**panel._prospect.form.values()) == TrainConfig(lr=0.005, max_steps=9)


def test_every_setting_survives_the_way_through_the_form():
    config = TrainConfig(
        **{"epochs": 1.5, "context_length": 8, "stride": 4, "min_lr": 1e-5, "schedule": "constant", "warmup_steps": 3},
        **{"sample_prompt": " The, cat\t", "seed": 12, "device": "cpu", "lr": 1 / 3, "eval_every": 1_000_000},
    )
    panel = make(config.model_dump())
    assert TrainConfig(**panel._prospect.form.values()) == config
    panel.language = "ko"
    assert TrainConfig(**panel._prospect.form.values()) == config


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_panel_begins_with_the_stories_in_its_language(language):
    panel = TrainingPanel(DESIGN, language=language, track=False)
    assert panel._prospect.texts.corpus_menu.value == f"tiny-tales-{language}"


def test_the_panel_follows_its_editor_s_language_and_keeps_what_is_chosen():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor, tokenizer="byte")
    assert panel._buttons.train.description == "Train"
    editor.language = "ko"
    assert panel.language == "ko"
    assert panel._buttons.train.description == "학습"
    assert panel._prospect.form["batch_size"].widget.description == "배치 크기 (조각)"
    assert panel._prospect.texts.tokenizer_menu.label == "byte: 바이트 하나가 토큰"
    assert panel._prospect.texts.corpus_menu.value == "small"
    assert "준비됨" in words(panel)
    train(panel)
    assert "완료" in words(panel)
    assert "검증" in panel.figure._legend.value
    editor.language = "en"
    assert "finished" in words(panel)
    assert "step 2:" in panel.samples.text
    with use_language("en"):
        assert "step 2:" in panel.samples._older.value


def test_the_editor_learns_the_vocabulary_of_the_chosen_tokenizer():
    editor = Editor(layer_stack=preset("gpt2-nano").layers)
    panel = make(editor=editor)
    until(lambda: editor.vocab_size == len(set(TEXT)))
    panel._prospect.texts.tokenizer_menu.value = "byte"
    until(lambda: editor.vocab_size in (256, 257))


@pytest.mark.slow
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


@pytest.mark.slow
def test_whatever_a_model_writes_or_a_name_says_is_shown_as_its_characters():
    evil = "<img src=x onerror=alert(1)>"
    panel = make({**QUICK, "sample_prompt": evil}, corpus=small_corpus((evil + " &amp; <b>bold</b>\n") * 400))
    train(panel)
    shown = panel.samples._older.value
    assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert evil not in shown + words(panel)
    panel._prospect.form["lr"].widget.value = evil
    assert "&lt;img" in panel._complaints.lines.value
    assert "<img" not in panel._complaints.lines.value


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
    monkeypatch.setattr(panel._prospect.texts, "load", lambda: 1 / 0)
    panel.train()
    with pytest.raises(ZeroDivisionError):
        panel.wait()
    assert "ZeroDivisionError" in panel._complaints.lines.value
    assert not panel._buttons.train.disabled


@pytest.mark.slow
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


# -- earlier runs, other runs ------------------------------------------------------------------------------------------


def stopped(panel: TrainingPanel) -> Run:
    """Trains a little and stops."""
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 3)
    panel.stop()
    panel.wait()
    assert panel.run is not None
    return panel.run


def opened(panel: TrainingPanel, count: int) -> None:
    """Opens the list of earlier runs and waits until so many are in it."""
    panel._chooser.is_open = True
    until(lambda: len(panel._chooser.menu.options) == count)


def test_a_stopped_run_is_resumed_in_its_folder_and_goes_on_where_it_was():
    panel = make({**LONG, "max_steps": 60, "eval_every": 20})
    panel._prospect.form["max_steps"].value = 1_000_000
    first = stopped(panel)
    assert panel._buttons.resume.layout.display is None
    panel._prospect.form["max_steps"].value = 3  # the run's own settings count
    panel._buttons.resume.click()
    until(lambda: panel.run is not None and panel.run is not first and panel.run.step > first.step)
    panel.stop()
    panel.wait()
    assert panel.run is not None
    assert panel.run.folder == first.folder
    steps = panel.run.history["step"]
    assert steps == list(range(1, len(steps) + 1))
    assert panel.figure._raw_line.x[0] == 1


def test_in_a_fresh_panel_a_run_is_laid_over_the_next_one_and_never_over_itself():
    first, second = (start({**QUICK, "max_steps": steps}).wait() for steps in (4, 3))
    panel = make(QUICK)
    opened(panel, 2)
    panel._chooser.menu.value = str(first.folder)
    until(lambda: len(panel.figure._raw_line.x) == 4)
    panel._chooser._compare_button.click()
    until(lambda: panel._chooser._compare_button.description == "Compare no more")
    assert not panel.figure._overlays
    assert "the run that you choose next" in panel._chooser._empty.value
    panel._chooser.menu.value = str(second.folder)
    until(lambda: len(panel.figure._raw_line.x) == 3 and list(panel.figure._overlays) == [first.folder.name])
    assert panel._chooser._empty.value == ""
    panel._chooser.menu.value = str(first.folder)
    until(lambda: len(panel.figure._raw_line.x) == 4 and not panel.figure._overlays)


def test_an_earlier_run_is_listed_shown_lent_its_settings_and_compared():
    panel = make({**QUICK, "lr": 0.004})
    train(panel)
    first = panel.run
    assert first is not None
    panel._prospect.form["lr"].widget.value = "0.001"
    panel._prospect.form["max_steps"].widget.value = "3"
    train(panel)
    assert panel.run is not None
    opened(panel, 2)
    lines = [label for label, _ in panel._chooser.menu.options]
    best = min(first.history["val_loss"])
    assert f"{best:.3f}" in lines[1]
    assert "finished" in lines[1]
    assert "4 / 4" in lines[1]

    panel._chooser.menu.value = str(first.folder)
    until(lambda: len(panel.figure._raw_line.x) == 4)
    until(lambda: "4 / 4" in words(panel))
    for sample in first.samples:
        assert sample.text in panel.samples.text
    panel._chooser._settings_button.click()
    until(lambda: panel._prospect.form["lr"].value == 0.004)
    # Compared with the latest, which is shown again for that.
    panel._chooser._compare_button.click()
    until(lambda: panel._chooser._compare_button.description == "Compare no more")
    assert list(panel.figure._overlays) == [first.folder.name]  # both are called alike
    assert len(panel.figure._raw_line.x) == 3
    assert len(line(panel.figure, OVERLAYS[0], 0).x) == 4
    panel._chooser._compare_button.click()
    until(lambda: panel._chooser._compare_button.description == "Compare")
    assert not panel.figure._overlays

    panel._chooser._do(panel._show_earlier)
    until(lambda: "4 / 4" in words(panel))
    panel._back.click()
    assert "3 / 3" in words(panel)
    assert panel._back.layout.display == "none"
    assert panel._chooser.folder is None


@pytest.mark.slow
def test_a_folder_that_cannot_be_read_is_told_and_takes_nothing_else_along():
    panel = make()
    train(panel)
    assert panel.run is not None
    opened(panel, 1)
    (panel.run.folder / "run.json").write_text("{", encoding="utf-8")
    panel._chooser.menu.value = str(panel.run.folder)
    # It has ended in this program, so its folder is what is read.
    until(lambda: "run.json" in panel._complaints.lines.value)
    panel._chooser.refresh()
    until(lambda: not panel._chooser.menu.options)
    train(panel)
    assert panel._complaints.lines.value == ""


@pytest.mark.slow
def test_a_panel_that_is_made_again_shows_the_run_that_goes_on():
    first = make(LONG)
    first.train()
    until(lambda: first.run is not None and first.run.step > 1)
    again = make(LONG)
    assert again.run is first.run
    assert again.figure in again.children
    assert "training" in words(again)
    assert not again._buttons.stop.disabled
    assert not again._buttons.train.disabled  # it would wait its turn
    again._buttons.stop.click()
    again.wait()
    first.wait()
    for panel in (first, again):
        assert "the model is kept" in words(panel)
    assert first.figure._raw_line.y.tolist() == again.figure._raw_line.y.tolist()


@pytest.mark.slow
def test_a_run_that_waits_is_moved_and_cancelled():
    others = [start(ENDLESS, name=name) for name in ("first", "second")]
    try:
        panel = make(QUICK)
        panel.train()
        until(lambda: panel.run not in (None, *others))
        place = panel._view.queue
        until(lambda: "Number 2" in place._words.value)
        assert "first, second" in place._words.value
        place._up.click()
        assert "Number 1" in place._words.value
        assert place._up.disabled
        place._down.click()
        assert "Number 2" in place._words.value
        others[0].stop()
        until(lambda: "Number 1" in place._words.value)
        place._cancel.click()
        panel.wait()
        assert panel.run is not None
        assert (panel.run.state, panel.run.step) == (RunState.STOPPED, 0)
        assert place.layout.display == "none"
    finally:
        for other in reversed(others):
            other.stop()
            other.wait()


@pytest.mark.slow
def test_a_second_training_says_what_differs_from_the_first():
    panel = make()
    train(panel)
    assert panel._view.change.value == ""
    panel._prospect.form["lr"].widget.value = "0.001"
    train(panel)
    assert "Differs from small: Learning rate 0.002 → 0.001" in panel._view.change.value
    panel.language = "ko"
    assert "학습률 0.002 → 0.001" in panel._view.change.value


def test_a_learning_rate_is_found_drawn_and_taken_over():
    panel = make()
    search = panel._prospect.rate.search
    search._button.click()
    until(lambda: not search.is_searching)
    assert search._suggestion is not None
    assert search._picture.value.count("<line") == 2  # the axis, and the mark of the suggestion
    assert 1e-5 < search._suggestion < 1
    search._use.click()
    assert TrainConfig(**panel._prospect.form.values()).lr == search._suggestion
    assert panel.run is None


@pytest.mark.slow
def test_a_search_waits_for_the_device_and_can_be_stopped():
    other = start(ENDLESS)
    try:
        search = make()._prospect.rate.search
        search.search()
        until(lambda: "waiting" in search._words.value)
        search._button.click()
        until(lambda: not search.is_searching)
        assert search._picture.value == ""
    finally:
        other.stop()
        other.wait()


def test_a_run_that_waits_for_a_search_is_told_so(monkeypatch):
    held = threading.Event()

    def until_held(*_given, **_options):
        yield Tried(1, 1e-6, 2.0, 2.0)
        held.wait(60)

    monkeypatch.setattr(learning_rates, "try_learning_rates", until_held)
    panel = make()
    panel._prospect.rate.search.search()
    until(lambda: bool(panel._prospect.rate.search._tried))
    panel._buttons.train.click()
    until(lambda: "a search for a learning rate" in panel._view.queue._words.value)
    held.set()
    panel.wait()
    assert panel.run is not None
    assert panel.run.state is RunState.FINISHED


@pytest.mark.parametrize(("code", "said"), [("en", "validation loss, step 2"), ("ko", "검증 손실, 2스텝")])
def test_the_validation_loss_says_after_which_step_it_was_measured(code, said):
    panel = make({**QUICK, "max_steps": 3, "eval_every": 2}, language=code)
    status = panel._view.status
    status.start(3)
    status.hear([Evaluation(2, 3.5, 1.0), Step(3, 3.0, 1e-3, 1.0, 100.0, 0.1)])
    with use_language(code):
        status.show(RunState.RUNNING)
    assert said in status.facts.value


def test_an_open_list_of_earlier_runs_says_how_the_latest_stands():
    panel = make()
    panel._chooser.is_open = True
    train(panel)
    assert panel.run is not None
    folder = str(panel.run.folder)
    until(lambda: "finished" in {value: label for label, value in panel._chooser.menu.options}.get(folder, ""))


def test_a_panel_that_is_closed_hears_no_more():
    panel = make(LONG)
    panel.train()
    until(lambda: panel.run is not None and panel.run.step > 2)
    run = panel.run
    assert run is not None
    panel.close()
    assert not run._pump._subscribers
    assert run.state.is_active
    run.stop()
    run.wait()


def test_a_search_that_somebody_stops_early_is_no_mistake(monkeypatch):
    def forever(*_given, **_options):
        for step in itertools.count(1):
            yield Tried(step, 1e-6, 2.0, 2.0)
            time.sleep(0.01)

    monkeypatch.setattr(learning_rates, "try_learning_rates", forever)
    search = make()._prospect.rate.search
    search.search()
    until(lambda: bool(search._tried))
    search._button.click()
    until(lambda: not search.is_searching)
    assert search._wrong == ""
    assert search._picture.value


def test_a_search_says_what_is_wrong_with_the_design():
    search = make(editor=wrong_layers())._prospect.rate.search
    search.search()
    until(lambda: not search.is_searching)
    assert "6 heads" in search._words.value
