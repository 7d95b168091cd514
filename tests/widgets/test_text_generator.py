from __future__ import annotations

import threading
from typing import Any

import pytest

from slm_widgets.errors import ConfigError, GenerationError, TokenizerError
from slm_widgets.generation import generate
from slm_widgets.library import load_run, runs
from slm_widgets.widgets import TextGenerator, TrainingPanel
from tests.small_runs import DESIGN, ENDLESS, SETTINGS, small_corpus, small_parts, start, until


class Impatient(threading.Event):
    """Notes how long it was asked to wait, and does not."""

    def __init__(self) -> None:
        super().__init__()
        self.timeouts_s: list[float] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.timeouts_s.append(timeout or 0.0)
        return self.is_set()


def write(generator: TextGenerator, prompt: str, **settings: Any) -> str:
    generator.prompt.value = prompt
    for name, value in settings.items():
        generator.form[name].widget.value = value
    generator._generate_button.click()
    return generator.wait(60)


def test_it_writes_what_generate_writes_with_the_same_seed():
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=None)
    text = write(generator, "The ", max_new_tokens="30", temperature="0.9", top_k="5", top_p="0.95", seed="3")
    assert text == generate(model, "The ", 30, 0.9, 5, 0.95, seed=3, tokenizer=tokenizer)
    assert "30 tokens" in generator._line.value
    assert "mean probability" in generator._line.value
    assert not generator._generate_button.disabled
    assert generator._stop_button.disabled


def test_it_writes_with_a_copy_while_a_run_trains_and_leaves_the_run_alone():
    run = start(ENDLESS)
    try:
        until(lambda: run.step > 2)
        assert write(TextGenerator(run, tokens_per_s=None), "The ", max_new_tokens="10").startswith("The ")
        assert run.state.is_active
    finally:
        run.stop()
        run.wait()


def test_it_follows_the_latest_run_of_a_panel():
    panel = TrainingPanel(DESIGN, small_corpus(), config={**ENDLESS, "max_steps": 3}, track=False)
    generator = TextGenerator(panel, tokens_per_s=None)
    with pytest.raises(GenerationError, match="There is no trained model yet"):
        write(generator, "The ")
    assert "Press Train first" in generator._problem.value
    panel.train()
    panel.wait()
    assert panel.run is not None
    assert write(generator, "The ", seed="1") == generate(panel.run, "The ", 200, seed=1)
    assert generator._problem.value == ""


def test_it_reads_a_saved_run_its_folder_and_by_default_the_newest_one():
    with pytest.raises(GenerationError, match="looked in"):
        write(TextGenerator(), "The ")
    run = start().wait()
    expected = generate(run, "The ", 200, seed=1)
    for source in (load_run(run.folder), run.folder, None):
        assert write(TextGenerator(source, tokens_per_s=None), "The ", seed="1") == expected


def test_the_newest_run_that_kept_a_model_is_taken():
    written, lost = start().wait(), start({**SETTINGS, "max_steps": 1}).wait()
    (lost.folder / "model.safetensors").unlink()  # as of a run that failed before it began
    expected = generate(written, "The ", 20, seed=1)
    assert [run.folder for run in runs()] == [lost.folder, written.folder]
    assert write(TextGenerator(tokens_per_s=None), "The ", max_new_tokens="20", seed="1") == expected


def test_tokens_are_held_back_to_the_pace_and_the_last_is_followed_by_no_wait():
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=0.001)
    asked = generator._stopping = Impatient()
    text = write(generator, "The ", max_new_tokens="6", seed="3")
    assert text == generate(model, "The ", 6, seed=3, tokenizer=tokenizer)
    # Nobody waited in truth, so that each token is due a whole 1000 s after the one before.
    assert [round(timeout_s / 1000) for timeout_s in asked.timeouts_s] == [1, 2, 3, 4, 5]


def test_without_a_pace_nothing_is_held_back_and_by_default_there_is_one():
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=None)
    asked = generator._stopping = Impatient()
    write(generator, "The ", max_new_tokens="6")
    assert asked.timeouts_s == []
    assert TextGenerator(model, tokenizer=tokenizer)._tokens_per_s == 40


def test_the_first_token_is_seen_at_once_and_stop_waits_for_no_other():
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=1e-6)
    generator.prompt.value = "The "
    generator.generate()
    until(lambda: len(generator.text) == 5)
    generator.stop()
    assert len(generator.wait(60)) == 5
    assert not generator.is_writing


@pytest.mark.parametrize("pace", [0, -1, float("nan"), "fast", True])
def test_a_pace_that_is_none_is_refused(pace):
    with pytest.raises(ConfigError, match=r"tokens_per_s is .* above 0, or None"):
        TextGenerator(tokens_per_s=pace)


def test_stop_keeps_what_was_written():
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer)
    generator.form["max_new_tokens"].widget.value = "1000000"
    generator.prompt.value = "The "
    generator._generate_button.click()
    until(lambda: len(generator.text) > 20)
    assert generator._generate_button.disabled
    generator._stop_button.click()
    text = generator.wait(60)
    assert not generator.is_writing
    assert 20 < len(text) < 1_000_000
    assert generator._stop_button.disabled


@pytest.mark.parametrize(
    ("prompt", "setting", "value", "sentence"),
    [
        ("Ω <b>", "seed", "1", r"does not know these characters"),
        ("The", "temperature", "-1", r"temperature is -1, but it must be a number ≥ 0"),
        ("The", "temperature", "", r"must be a number\."),
        ("The", "temperature", "nan", r"must be a number"),
        ("The", "top_k", "2.5", r"must be a whole number, or left empty"),
        ("The", "top_p", "<b>", r"must be a number, or left empty"),
        ("The", "max_new_tokens", "0", r"max_new_tokens is 0"),
    ],
)
def test_what_cannot_be_written_is_told_and_escaped(prompt, setting, value, sentence):
    model, _, tokenizer = small_parts()
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=None)
    with pytest.raises((GenerationError, TokenizerError), match=sentence):
        write(generator, prompt, **{setting: value})
    assert generator._problem.value
    assert "<b>" not in generator._problem.value
    assert not generator._generate_button.disabled


def test_what_a_model_writes_is_shown_as_its_characters():
    from slm_widgets.data import load_tokenizer
    from slm_widgets.model import build_model
    from slm_widgets.stack import fill_vocabulary, parse_stack

    tokenizer = load_tokenizer("char", small_corpus("<script>"))
    model = build_model(fill_vocabulary(parse_stack(DESIGN), tokenizer.vocab_size))
    generator = TextGenerator(model, tokenizer=tokenizer, tokens_per_s=None)
    text = write(generator, "<script>", max_new_tokens="200")
    assert "<" in text[8:]
    inside = generator._output.value.split('<div class="slm-page">')[1].removesuffix("</div>")
    assert inside.startswith("<em>&lt;script&gt;</em>")
    assert "<" not in inside.replace("<em>", "", 1).replace("</em>", "", 1)


def test_it_follows_the_language_of_its_panel():
    panel = TrainingPanel(DESIGN, small_corpus(), track=False)
    generator = TextGenerator(panel)
    panel.language = "ko"
    assert generator._generate_button.description == "쓰기"
    assert generator.form["temperature"].widget.description == "온도"
    with pytest.raises(GenerationError, match="학습한 모델이 아직 없습니다"):
        write(generator, "The ")


def test_a_bare_model_without_a_tokenizer_is_told():
    with pytest.raises(GenerationError, match="does not know how to spell"):
        write(TextGenerator(small_parts()[0]), "The ")
