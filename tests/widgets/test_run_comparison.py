from __future__ import annotations

import re
from dataclasses import replace

import pytest

import slm_widgets as slm
from slm_widgets.errors import RunError
from slm_widgets.language import use_language
from slm_widgets.running import RunState
from slm_widgets.running.sweep import sweep
from slm_widgets.training import Evaluation, Step
from slm_widgets.widgets.figure.rules import RULES, overlay_line, overlay_look
from slm_widgets.widgets.run_comparison import RunComparison
from slm_widgets.widgets.style import DASHES, OVERLAYS
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, start, until

QUICK = {**SETTINGS, "max_steps": 4, "eval_every": 2, "eval_batches": 1, "compile": "off"}


def several(grid=None, config=None, stacks=DESIGN):
    return sweep(stacks, small_corpus(), "char", config or QUICK, grid or {"lr": [1e-3, 3e-3]}, track=False)


def rows(shown: RunComparison) -> list[list[str]]:
    """The cells of the table as a person reads them, head first."""
    found = re.findall(r"<tr[^>]*>(.*?)</tr>", shown._table.value)
    return [[re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd]>(.*?)</t[hd]>", row)] for row in found]


def drawn(shown: RunComparison) -> list[tuple[int, int]]:
    """How many points each run has: of its smoothed training, and of its validation."""
    return [(len(smooth.x), len(validation.x)) for smooth, validation in shown.figure._plot.overlays]


def points(shown: RunComparison) -> int:
    return sum(len(mark.x) for mark in shown.figure.figure.marks)


def test_runs_that_are_over_are_shown_with_what_differs_and_the_best_first():
    found = several({"lr": [1e-5, 1e-2], "batch_size": [4]}).wait()
    shown = RunComparison(found, language="en")
    assert drawn(shown) == [(4, 3), (4, 3)]
    table = found.table()
    best = sorted(table, key=lambda row: row["best_val_loss"])
    head, *body = rows(shown)
    assert head[:3] == ["run", "Learning rate", "parameters"]
    assert "Batch size" not in head  # it is the same in both
    assert [row[0] for row in body] == [row["name"] for row in best] == ["lr=0.01", "lr=1e-05"]
    column = head.index("best validation loss")
    assert [row[column] for row in body] == [f"{row['best_val_loss']:.3f}" for row in best]
    assert [row[head.index("state")] for row in body] == ["finished"] * 2
    assert shown._table.value.count("slm-best") == 1


def test_runs_that_read_different_texts_say_so():
    """Their losses cannot be compared."""
    mine, other = small_corpus(), replace(small_corpus(), name="other")
    found = [slm.train(DESIGN, text, "char", QUICK, track=False) for text in (mine, other)]
    for run in found:
        run.wait()
    saved = [slm.load_run(run.folder) for run in found]
    for runs in (found, saved):
        head, *body = rows(RunComparison(runs, language="en"))
        assert head[1] == "text"
        assert {row[1] for row in body} == {"small", "other"}
    assert "text" not in rows(RunComparison(found[:1], language="en"))[0]


def test_runs_are_followed_while_they_train():
    found = several({"seed": [0, 1]}, {**ENDLESS, "eval_every": 5})
    shown = RunComparison(found)
    until(lambda: found[0].step > 10)
    found[0].stop()
    until(lambda: found[1].step > 10)
    found[1].stop()
    found.wait()
    until(lambda: shown._table.value.count(RunState.STOPPED.label) == 2)
    for number, run in enumerate(found):
        smooth, validation = shown.figure._plot.overlays[number]
        assert validation.y.tolist() == run.history["val_loss"]
        assert smooth.x[-1] == run.step


def test_what_is_heard_leads_to_the_same_table_as_what_is_read():
    found = several()
    heard = RunComparison(found)
    found.wait()
    until(lambda: heard._table.value.count(RunState.FINISHED.label) == 2)
    assert heard._table.value == RunComparison(found)._table.value


def test_a_run_that_trains_and_one_from_its_folder_stand_side_by_side():
    saved = slm.load_run(start(QUICK, name="yesterday").wait().folder)
    live = start({**QUICK, "lr": 1e-3}, name="today")
    shown = RunComparison([saved, live], language="en")
    live.wait()
    until(lambda: shown._table.value.count("finished") == 2)
    head, *body = rows(shown)
    assert {row[0] for row in body} == {"yesterday", "today"}
    assert "Learning rate" in head
    assert drawn(shown) == [(4, 3), (4, 3)]
    assert all("–" not in row for row in body)


def test_a_name_in_the_legend_hides_its_run():
    found = several({"seed": [0, 1]}).wait()
    shown = RunComparison(found)
    legend = shown.figure._legend
    button = next(child for child in legend.children if child.description == "seed=0")
    button.value = False
    assert drawn(shown) == [(0, 0), (4, 3)]
    button.value = True
    assert drawn(shown) == [(4, 3), (4, 3)]


def test_runs_of_the_same_name_are_told_apart():
    runs = [start(QUICK, name="mine").wait() for _ in range(3)]
    shown = RunComparison(runs)
    assert [row[0] for row in rows(shown)[1:]] == ["mine", "mine (2)", "mine (3)"]


def test_however_long_and_many_the_runs_are_at_most_two_thousand_points_are_shown():
    found = several({"seed": range(6)}).wait()
    shown = RunComparison(found)
    for number in range(6):
        shown._hear(number, [Step(n, 3 / n, 1e-3, 1.0, 1e5, 0.01, 3 / n) for n in range(5, 20_001)])
        shown._hear(number, [Evaluation(n, 3 / n, 0.0) for n in range(5, 20_001, 10)])
    shown._redraw()
    assert 1000 < points(shown) <= 2000
    assert all(smooth.x[-1] == 20_000 for smooth, _ in shown.figure._plot.overlays)


def test_the_page_is_not_told_more_than_ten_times_a_second(monkeypatch):
    times = [0.0]
    monkeypatch.setattr("slm_widgets.widgets.figure.repaint.time.monotonic", lambda: times[0])
    found = several({"seed": [0, 1]}).wait()
    shown = RunComparison(found)
    drawings, draw = [], shown.figure.overlay_events
    monkeypatch.setattr(shown.figure, "overlay_events", lambda heard: drawings.append(times[0]) or draw(heard))
    for moment in range(100):
        times[0] = 10 + moment / 100  # a hundred deliveries of two runs within a second
        for number in (0, 1):
            shown._hear(number, [Step(5 + moment, 2.0, 1e-3, 1.0, 1e5, 0.01)])
    assert 1 <= len(drawings) <= 11
    if shown._repaint._timer is not None:
        shown._repaint._timer.cancel()


def test_why_a_run_failed_stands_below_the_table():
    settings = {**QUICK, "warmup_steps": 0, "grad_clip": 0, "weight_decay": 100, "max_steps": 20}
    found = several({"lr": [1e-3, 1000.0]}, settings)
    with pytest.warns(UserWarning, match="failed"):
        found.wait()
    shown = RunComparison(found, language="en")
    assert "lr=1000: " in shown._problems.value
    assert next(row[0] for row in rows(shown)[1:]) == "lr=0.001"


def test_names_are_never_read_as_html():
    evil = "<img src=x onerror=alert(1)>"
    found = several(stacks={evil: DESIGN, "b": {**DESIGN, "config": {**DESIGN["config"], "name": evil}}}).wait()
    shown = RunComparison(found)
    assert "<img" not in shown._table.value
    assert "&lt;img" in shown._table.value
    assert any(evil in button.description for button in shown.figure._legend.children)  # a button shows plain text


def test_it_speaks_both_languages():
    found = several().wait()
    shown = RunComparison(found, language="ko")
    head, *body = rows(shown)
    assert (head[0], head[-1]) == ("실행", "상태")
    assert all(row[-1] == "완료" for row in body)
    shown.language = "en"
    assert rows(shown)[0][0] == "run"
    assert shown.figure.language == "en"
    with use_language("ko"):
        assert RunComparison(found).language == "ko"


@pytest.mark.parametrize("nothing", [[], "gpt2-nano", [3], None])
def test_what_is_no_run_is_refused_with_a_sentence(nothing):
    with pytest.raises(RunError, match=r"to compare\. Give a sweep, or a list of runs") as caught:
        RunComparison(nothing, language="en")
    assert caught.value.field == "runs"


def test_one_run_alone_can_be_shown():
    shown = RunComparison(start(QUICK).wait())
    assert len(rows(shown)) == 2


def test_a_comparison_that_is_closed_hears_nothing_more():
    run = start(ENDLESS)
    shown = RunComparison([run])
    shown.close()
    run.stop()
    run.wait()
    assert run.subscriber_errors == []
    assert run._pump._subscribers == []


def test_table_legend_and_figure_draw_a_run_alike_and_sixteen_runs_each_otherwise():
    found = several({"seed": range(len(OVERLAYS) + 1)}).wait()
    shown = RunComparison(found)
    for number, (smooth, validation) in enumerate(shown.figure._plot.overlays):
        assert set(re.findall("#[0-9a-f]{6}", overlay_line(number))) == set(validation.colors) == set(smooth.colors)
        assert validation.line_style == DASHES[number // len(OVERLAYS)]
        assert shown._table.value.count(f'background:{overlay_line(number)}"') == 1
        button = next(child for child in shown.figure._legend.children if child.description == f"seed={number}")
        assert overlay_look(number) in button._dom_classes
        assert f".{overlay_look(number)}::before {{ background: {overlay_line(number)};" in RULES
    assert len({overlay_line(number) for number in range(16)}) == 16


@pytest.mark.parametrize("number", range(len(OVERLAYS)))
@pytest.mark.parametrize("ground", ["#ffffff", "#212121"])
def test_lines_can_be_told_from_a_light_and_from_a_dark_page(number, ground):
    """3 to 1, as WCAG 2.2 asks of graphics (success criterion 1.4.11)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(OVERLAYS[number]), luminance(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 3
