"""``slm-widgets check``: what it says of a design beside its problems."""

from __future__ import annotations

import json
import re

import pytest

from slm_widgets.cli import main
from slm_widgets.stack import describe, preset
from slm_widgets.stack.sizes import with_prefix, write_bytes
from slm_widgets.stack.text_table import text_width
from tests.stack.odd_designs import block, model, node


@pytest.fixture
def saved(tmp_path):
    """Saves a preset, or a design, and gives its file's name."""

    def save(design):
        document = preset(design).to_json() if isinstance(design, str) else design
        (tmp_path / "design.slm.json").write_text(json.dumps(document), encoding="utf-8")
        return "design.slm.json"

    return save


def test_the_costs_stand_below_the_total(saved, capsys):
    assert main(["check", saved("gpt2"), "--batch-size", "8", "--context", "512"]) == 0
    lines = capsys.readouterr().out.splitlines()
    report = describe(preset("gpt2"), 8, 512)
    assert lines[-1].split() == ["cache", "while", "writing", *write_bytes(2 * 12 * 8 * 512 * 768 * 4).split()]
    total = next(number for number, line in enumerate(lines) if line.startswith("124,439,808 parameters"))
    assert lines[total + 1] == "It can be built."
    assert "batch size 8 and context length 512, in fp32" in lines[total + 2]
    below = "\n".join(lines[total + 3 :])
    for figure in (report.forward_flops, report.training_flops, report.forward_flops / 4096):
        assert with_prefix(figure, "FLOP") in below
    for figure in (4 * 124_439_808, 8 * 124_439_808, report.activation_bytes, report.training_bytes):
        assert write_bytes(figure) in below


def test_the_memory_question_is_answered_with_the_largest_batch(saved, capsys):
    words = ["check", saved("llama-nano"), "--memory", "450 MB", "--context", "32", "--precision", "bf16"]
    assert main([*words, "--batch-size", "4"]) == 0
    answer = " ".join(capsys.readouterr().out.split())
    assert "It trains in 450 MB: yes" in answer
    most = int(re.search(r"largest batch size that fits is (\d+)", answer).group(1))
    assert main([*words, "--batch-size", str(most)]) == 0
    assert "450 MB: yes" in capsys.readouterr().out
    assert main([*words, "--batch-size", str(most + 1)]) == 0  # it can be built, and that is what the status says
    answer = " ".join(capsys.readouterr().out.split())
    assert "450 MB: no" in answer
    assert f"Lower the batch size from {most + 1} to at most {most}" in answer


def test_the_memory_question_is_answered_in_korean_too(saved, capsys):
    assert main(["check", saved("gpt2-nano"), "--memory", "1 GB", "--language", "ko"]) == 0
    out = capsys.readouterr().out
    assert "학습할 수 있습니다" in out
    assert "순전파" in out
    assert main(["check", saved("llama2-7b"), "--memory", "16GB", "--language", "ko"]) == 0
    assert "배치를 아무리 줄여도" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--memory", "lots"], "is no amount of memory"),
        (["--batch-size", "0"], "batch_size is 0"),
        (["--context", "65"], "reads from 1 to 64 tokens"),
    ],
)
def test_settings_that_cannot_be_are_status_2(saved, words, sentence, capsys):
    assert main(["check", saved("gpt2-nano"), *words]) == 2
    assert sentence in capsys.readouterr().err


LONG_IDS = node("mhAttention", "MultiHeadAttention-1718031234567-of-the-innermost-block", numHeads=4)
DEEP = model(block("outer", 30, block("middle", 40, block("innermost", 50, LONG_IDS))))


@pytest.mark.parametrize(
    "design", ["llama2-7b", "transformer-base", DEEP], ids=lambda d: d if isinstance(d, str) else "deep"
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_line_is_readable_at_100_columns(saved, design, language, capsys):
    assert main(["check", saved(design), "--memory", "16GB", "--language", language]) == 0
    captured = capsys.readouterr()
    assert max(map(text_width, captured.out.splitlines())) <= 100
    assert captured.err == ""


def test_a_design_that_can_be_built_but_not_measured_is_status_0(saved, capsys):
    huge = model(node("mhAttention", "attention", numHeads=12), context=100_000_000, position="rotary")
    assert main(["check", saved(huge), "--batch-size", "1000000"]) == 0
    captured = capsys.readouterr()
    assert "It can be built." in captured.out
    assert "too large to count" in captured.err


def test_a_file_cannot_move_the_cursor_or_fake_a_line(tmp_path, capsys):
    path = tmp_path / "hostile.json"
    tokens = {"id": "a\x1b[2J\nerror: fake", "vocabSize": 7, "embDim": 8, "bogus\x1b[31m": 1}
    design = [{"type": "tokenEmbedding", "data": tokens}, {"type": "linear", "data": {"id": "head"}}]
    path.write_text(json.dumps(design), encoding="utf-8")
    assert main(["check", str(path)]) == 0
    said = capsys.readouterr()
    assert "\x1b" not in said.out + said.err
    assert not any(line.startswith("error: fake") for line in (said.out + said.err).splitlines())
