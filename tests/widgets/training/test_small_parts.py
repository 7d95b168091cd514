"""The small widgets of the panel, each fed with what a training, a disk or a server may tell."""

from __future__ import annotations

import json
import math
import re

import pytest

from slm_widgets.language import use_language
from slm_widgets.library import load_run
from slm_widgets.library.ancestry import Parent
from slm_widgets.library.run_difference import difference_from
from slm_widgets.stack import parse_stack
from slm_widgets.training import Choice, Evaluation, Progress, RunState, Step, TrainConfig
from slm_widgets.widgets.training import earlier_runs
from slm_widgets.widgets.training.changes import Changes
from slm_widgets.widgets.training.choices import Choices
from slm_widgets.widgets.training.earlier_runs import fitted, list_runs
from slm_widgets.widgets.training.notices import Notices
from slm_widgets.widgets.training.numbers import Numbers
from slm_widgets.widgets.training.schedule_picture import SchedulePicture
from slm_widgets.widgets.training.status import TrainingStatus
from slm_widgets.widgets.training.tracking_link import link
from tests.small_runs import DESIGN, SETTINGS, leave_in_the_middle, start

EVIL = "<img src=x onerror=alert(1)>"


def step(number: int, **values: float) -> Step:
    return Step(
        **{"step": number, "loss": 2.0, "lr": 1e-3, "grad_norm": 0.5, "tokens_per_s": 100.0, "step_time_s": 0.01}
        | values
    )


# -- notices and choices -----------------------------------------------------------------------------------------------


def test_a_notice_that_comes_again_is_counted_and_older_ones_are_folded_away():
    notices = Notices()
    assert notices.layout.display == "none"
    notices.show(["first", "again", "again", "third", "fourth", "fifth"])
    assert notices.layout.display is None
    folded, seen = notices.value.split("</details>")
    assert "first" in folded
    assert "again (×2)" in folded
    assert re.findall(r"<li>(.*?)</li>", seen) == ["third", "fourth", "fifth"]


def test_what_auto_chose_is_named_and_the_reason_is_inside():
    choices = Choices()
    assert choices.layout.display == "none"
    choices.show(
        [
            Choice("precision", "fp32", "measured"),
            Choice("precision", "bf16", "faster"),
            Choice("compile", "off", "no compiler"),
        ]
    )
    summary = re.search("<summary>(.*)</summary>", choices.value)
    assert summary is not None
    assert "Precision: 16 bits (bf16), Compile: off" in summary[1]
    assert "no compiler" in choices.value
    assert "fp32" not in choices.value  # it was chosen again since


@pytest.mark.parametrize(
    "show", [lambda: _shown(Notices(), [EVIL]), lambda: _shown(Choices(), [Choice(EVIL, EVIL, EVIL)])]
)
def test_what_others_wrote_is_shown_as_its_characters(show):
    assert "&lt;img" in show()
    assert "<img" not in show()


def _shown(widget, told) -> str:
    widget.show(told)
    return widget.value


# -- numbers -----------------------------------------------------------------------------------------------------------


def test_only_what_is_known_is_listed():
    numbers = Numbers()
    numbers.hear([step(1), Evaluation(1, 2.0, 0.1)])
    assert {each.name for each in numbers.further()} == {"learning rate", "gradient norm", "time per step"}
    numbers.hear(
        [
            step(2, gpu_use=0.5, gpu_memory_bytes=3e9, peak_share=0.123),
            Evaluation(2, 1.0, 0.2, perplexity=math.e, accuracy=0.25),
        ]
    )
    told = {each.name: each.value for each in numbers.further()}
    assert told["graphics in use"] == "50.0 %"
    assert told["share of the peak"] == "12.3 %"
    assert told["perplexity"] == "2.72"
    assert told["next-token accuracy"] == "25.0 %"
    assert "3" in told["graphics memory"]


def test_a_step_that_is_heard_of_twice_counts_once():
    numbers = Numbers()
    numbers.hear([step(1, tokens_per_s=100.0), step(2, tokens_per_s=300.0)])
    numbers.hear([step(2, tokens_per_s=300.0)])
    assert [each.value for each in numbers.main() if each.name == "tokens per second"] == ["200"]


def test_a_history_says_the_same_as_the_events_it_came_from():
    events = [
        *(step(n, loss=3.0 - n / 10, smooth_loss=3.0 - n / 20) for n in range(1, 21)),
        Evaluation(20, 1.5, 2.0, 4.5, 0.7),
    ]
    heard, read = Numbers(), Numbers()
    heard.hear(events)
    names = ("step", "loss", "lr", "grad_norm", "tokens_per_s", "step_time_s", "smooth_loss")
    columns = {name: [getattr(event, name) for event in events[:-1]] for name in names}
    columns |= {
        "val_step": [20],
        "val_loss": [1.5],
        "val_elapsed_s": [2.0],
        "val_perplexity": [4.5],
        "val_bits_per_byte": [0.7],
    }
    read.read(columns)
    assert (read.main(), read.further()) == (heard.main(), heard.further())


@pytest.mark.parametrize(("state", "has_left"), [(RunState.RUNNING, True), (RunState.FINISHED, False)])
def test_time_left_is_told_while_there_is_some(state, has_left):
    status = TrainingStatus()
    status.start(100)
    status.hear([step(10)])
    status.show(state, passed_s=65.0, left_s=7200.0)
    assert "1:05 min" in status.facts.value
    assert ("2:00 h" in status.facts.value) is has_left


def test_a_training_that_the_clock_ends_fills_its_bar_by_the_clock():
    status = TrainingStatus()
    status.start(None)
    status.hear([step(10)])
    status.show(RunState.RUNNING, passed_s=30.0, left_s=90.0)
    assert status.bar.value / status.bar.max == 0.25
    assert "10 /" not in status.facts.value
    assert status.bar.layout.display is None


def test_what_is_being_done_is_said_in_both_languages():
    status = TrainingStatus()
    status.start(10)
    status.hear([step(1), Progress(1, "evaluating", 1, 2)])
    status.show(RunState.RUNNING)
    assert "measuring the validation loss" in status.line.value
    with use_language("ko"):
        status.show(RunState.RUNNING)
    assert "검증 손실을 재고 있습니다" in status.line.value


@pytest.mark.parametrize(("steps", "is_kept"), [(0, False), (1, True)])
def test_a_model_is_kept_from_the_first_step_on(steps, is_kept):
    status = TrainingStatus()
    status.start(10)
    status.hear([step(number) for number in range(1, steps + 1)])
    status.show(RunState.STOPPED)
    assert ("model is kept" in status.line.value) is is_kept
    assert ("before its first step" in status.line.value) is not is_kept


def test_compiling_says_when_stop_works_and_that_it_was_pressed():
    status = TrainingStatus()
    status.start(10)
    status.hear([Progress(0, "compiling", 0, 1)])
    status.show(RunState.RUNNING)
    assert "Stop works afterwards" in status.line.value
    status.show(RunState.RUNNING, asked="stopping")
    assert "stopping once the model is compiled" in status.line.value
    status.hear([step(1)])
    status.show(RunState.RUNNING, asked="stopping")
    assert "stopping after this step" in status.line.value
    status.hear([Progress(0, "measuring", 0, 1)])
    status.show(RunState.RUNNING)
    assert "measuring what is fastest" in status.line.value


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_number_says_what_it_means_under_the_mouse_and_in_a_list(language):
    status = TrainingStatus()
    status.start(100)
    everything = {"memory_bytes": 1e9, "gpu_memory_bytes": 1e9, "gpu_use": 0.5, "peak_share": 0.5}
    status.hear([step(10, **everything), Evaluation(10, 1.5, 2.0, 4.5, 0.7, 0.5, 0.6, 0.2)])
    with use_language(language):
        status.show(RunState.RUNNING, passed_s=1.0, left_s=2.0)
    shown = re.findall(r'title="([^"]+)"><span>([^<]+)</span><b>([^<]+)</b>', status.facts.value)
    assert len(shown) == status.facts.value.count("<b>") == 18
    assert len({meaning for meaning, _, _ in shown}) == 18
    listed = re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", status.meanings.value)
    assert listed == [(name, meaning) for meaning, name, _ in shown]


def test_many_changes_are_counted_and_listed_and_few_are_a_line():
    stack = parse_stack(DESIGN)
    before = Parent("small", stack, TrainConfig(lr=0.002))
    changes = Changes()
    changes.show(difference_from(before, "next", stack, TrainConfig(lr=0.001)))
    assert changes.value == '<div class="slm-quiet">Differs from small: Learning rate 0.002 → 0.001</div>'
    many = TrainConfig(lr=0.001, max_steps=7, batch_size=3, seed=9, weight_decay=0.5)
    changes.show(difference_from(before, "next", stack, many))
    assert "<summary>Differs from small in 5 points</summary>" in changes.value
    assert changes.value.count("<li>") == 5
    assert "Learning rate 0.002 → 0.001" in changes.value
    changes.show(difference_from(before, "next", stack, TrainConfig(lr=0.002)))
    assert (changes.value, changes.layout.display) == ("", "none")


# -- the list of runs, the picture, the link ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "width", "expected"), [("ab", 4, "ab  "), ("abcde", 4, "abc…"), ("한글", 4, "한글"), ("한글", 5, "한글 ")]
)
def test_columns_stand_under_one_another(text, width, expected):
    assert fitted(text, width) == expected


@pytest.mark.parametrize("text", ["한국어 모델 이름이 아주 깁니다", "a한b글c", "x" * 40])
@pytest.mark.parametrize("width", [3, 8, 9, 24])
def test_a_cut_text_fills_its_column_and_no_more(text, width):
    import unicodedata

    cut = fitted(text, width)
    assert sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in cut) == width


def test_the_list_takes_the_best_loss_from_the_run_itself_and_of_older_runs_from_their_numbers(tmp_path, monkeypatch):
    monkeypatch.setenv("SLM_RUNS", str(tmp_path))
    run = start({**SETTINGS, "max_steps": 2, "eval_every": 1})
    run.wait()
    told = run.folder / "run.json"
    facts = json.loads(told.read_text(encoding="utf-8"))
    told.write_text(json.dumps({**facts, "best_val_loss": 1.2345}), encoding="utf-8")
    assert [line.best for line in list_runs()] == [1.2345]
    told.write_text(json.dumps({k: v for k, v in facts.items() if k != "best_val_loss"}), encoding="utf-8")
    (line,) = list_runs()
    assert line.best == min(run.history["val_loss"])
    assert (line.step, line.max_steps) == (2, 2)
    # Its end is not that of now: it was resumed since, and cut off.
    told.write_text(json.dumps({**facts, "best_val_loss": 1.2345}), encoding="utf-8")
    leave_in_the_middle(run.folder)
    (line,) = list_runs()
    assert line.best == min(run.history["val_loss"])
    assert f"best val_loss {line.best:.3f}" in repr(load_run(run.folder))


def test_a_run_is_listed_with_what_it_changes_of_the_one_before_it_of_its_name():
    for name, settings in {"a": {"max_minutes": 5}, "b": {}}.items():
        start({**SETTINGS, "max_steps": 1, **settings}, name=name).wait()
    for steps in (1, 2):
        start({**SETTINGS, "max_steps": steps, "lr": 0.02, "seed": 3}, name="a").wait()
    same, changed, *first = list_runs()
    assert set(changed.changes.split(", ")) == {"lr=0.02", "seed=3", "max_minutes=–"}
    assert str(changed).endswith(f"  a: {changed.changes}")
    assert [line.changes for line in (same, *first)] == ["", "", ""]
    (changed.folder / "config.json").write_text("{", encoding="utf-8")
    assert [line.name for line in list_runs()] == ["a", "a", "b", "a"]


def test_as_many_runs_are_listed_as_asked_and_the_last_of_them_with_its_changes(monkeypatch):
    monkeypatch.setattr(earlier_runs, "_MOST", 2)
    for lr in (0.01, 0.02, 0.03):
        start({**SETTINGS, "max_steps": 1, "lr": lr}).wait()
    assert [line.changes for line in list_runs()] == ["lr=0.03", "lr=0.02"]


@pytest.mark.parametrize("rates", [[math.nan, 1.0], [0.0, 0.0], [1.0], [math.inf, 1.0]])
def test_what_is_no_curve_is_not_drawn(rates):
    picture = SchedulePicture()
    picture.show([0, 1], [1.0, 0.5], 2)
    assert "<svg" in picture.value
    picture.show(range(len(rates)), rates, 2)
    assert picture.value == ""


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://", "data:text/html,x", '"><script>', "file:///etc/passwd"]
)
def test_only_addresses_of_the_web_become_links(address):
    assert "<a " not in link(address, "here")
    assert "<script" not in link(address, "here")


def test_an_address_cannot_break_out_of_its_link():
    made = link('http://127.0.0.1:5000/"onclick="x', "<b>")
    assert made.count('"') == made.count('="') * 2
    assert "&lt;b&gt;" in made
    assert 'rel="noopener noreferrer"' in made
