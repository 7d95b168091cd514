import pytest
import torch

from slm_widgets.errors import GenerationError
from slm_widgets.generation import Spelling, generate, probabilities, stream
from slm_widgets.model import build_model
from slm_widgets.stack import preset


class Bytes:
    """The smallest tokenizer: a token is a byte."""

    end_of_text_id = None

    def encode(self, text):
        return torch.tensor(list(text.encode()))

    def decode(self, ids):
        return bytes(int(i) for i in ids).decode("utf-8", errors="replace")


@pytest.fixture(params=["gpt2-nano", "llama-nano"])
def model(request):
    return build_model(preset(request.param), seed=1)


def test_the_likeliest_tokens_are_those_that_reading_the_whole_text_anew_would_choose(model):
    """Past the context of 64 the last 64 tokens are read, as nanoGPT does."""
    ids = list(b"Once upon a time")
    for token in stream(model, Bytes(), "Once upon a time", max_new_tokens=80, temperature=0):
        with torch.no_grad():
            expected = model.eval()(torch.tensor([ids[-64:]]))[0, -1].argmax().item()
        assert token.id == expected
        ids.append(token.id)


def test_the_same_seed_gives_the_same_text_and_another_seed_another(model):
    texts = [generate(model, "a", 30, seed=s, tokenizer=Bytes()) for s in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_the_callers_random_numbers_are_left_alone(model):
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    generate(model, "a", 3, tokenizer=Bytes())
    assert torch.equal(torch.rand(1), expected)


def test_a_model_in_training_is_put_back_to_training(model):
    model.train()
    generate(model, "a", 3, tokenizer=Bytes())
    assert model.training


def test_top_k_and_top_p_leave_the_tokens_that_transformers_leaves():
    from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

    logits = torch.randn(50, generator=torch.Generator().manual_seed(0))
    for warper, arguments in (
        (TemperatureLogitsWarper(0.7), (0.7, None, None)),
        (TopKLogitsWarper(5), (1.0, 5, None)),
        (TopPLogitsWarper(0.6), (1.0, None, 0.6)),
    ):
        expected = warper(torch.zeros(1, 1, dtype=torch.long), logits[None].clone())[0].softmax(-1)
        torch.testing.assert_close(probabilities(logits, *arguments), expected)


def test_a_character_of_several_bytes_is_held_back_until_it_is_whole():
    spelling = Spelling(Bytes())
    parts = [spelling.add(byte) for byte in "가a나".encode()]
    assert parts == ["", "", "가", "a", "", "", "나"]


def test_bytes_that_are_no_character_are_shown_as_such():
    for data in (b"\xff\xfe", b"\xea\xea\xea\xea\xb0\x80", b"a\xf0\x9f\x98", b"\x80\x80\x80\x80\x80z"):
        spelling = Spelling(Bytes())
        text = "".join(spelling.add(byte) for byte in data) + spelling.rest()
        assert text == data.decode("utf-8", errors="replace")


def test_there_are_as_many_tokens_as_asked_for_and_they_spell_the_text(model):
    for seed in range(20):
        tokens = list(stream(model, Bytes(), "a", 7, seed=seed))
        assert len(tokens) == 7
        assert "a" + "".join(t.text for t in tokens) == generate(model, "a", 7, seed=seed, tokenizer=Bytes())


@pytest.mark.parametrize(
    "bad",
    [
        {"temperature": -1},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"max_new_tokens": 0},
        {"max_new_tokens": 2.5},
        {"temperature": "x"},
        {"temperature": float("nan")},
        {"seed": 1.5},
    ],
)
def test_a_setting_outside_what_is_allowed_is_named(model, bad):
    (name,) = bad
    with pytest.raises(GenerationError, match=name) as caught:
        generate(model, "a", tokenizer=Bytes(), **bad)
    assert caught.value.field == name


def test_a_bare_model_asks_for_its_tokenizer(model):
    with pytest.raises(GenerationError, match="tokenizer"):
        generate(model, "a")


def test_something_that_cannot_write_is_refused():
    with pytest.raises(GenerationError, match="A LayerStack cannot write"):
        generate(preset("gpt2-nano"), "a")


def test_an_empty_prompt_starts_from_a_line_break(model):
    assert len(generate(model, "", 5, seed=0, tokenizer=Bytes())) > 0


@pytest.mark.parametrize("tokenizer", ["gpt2", object()])
def test_a_tokenizer_of_another_kind_is_refused_in_a_sentence(tokenizer):
    with pytest.raises(GenerationError, match=r"run\.tokenizer"):
        generate(build_model(preset("gpt2-nano")), "Once", tokenizer=tokenizer)
