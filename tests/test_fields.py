import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from slm_widgets.fields import described, form_fields, settled_values
from slm_widgets.language import use_language

WORDS = "Words."


def field_of(**limits):
    class Form(BaseModel):
        size: float = described(1.0, title=WORDS, help=WORDS, **limits)

    return form_fields(Form)[0]


@pytest.mark.parametrize(
    ("limits", "en", "ko"),
    [
        ({"ge": 1, "le": 1024}, "1 to 1,024", "1 이상 1,024 이하"),
        ({"ge": 0, "lt": 1}, "at least 0, less than 1", "0 이상 1 미만"),
        ({"gt": 0, "lt": 1}, "more than 0, less than 1", "0 초과 1 미만"),
        ({"gt": 0, "le": 1_000_000.0}, "more than 0, at most 1,000,000", "0 초과 1,000,000 이하"),
        ({"ge": 2}, "2 or more", "2 이상"),
        ({"gt": 0.5}, "more than 0.5", "0.5 초과"),
        ({"le": 3}, "at most 3", "3 이하"),
        ({"lt": -1.5}, "less than -1.5", "-1.5 미만"),
    ],
)
def test_the_range_of_a_number_is_told_in_words(limits, en, ko):
    with use_language("en"):
        assert field_of(**limits)["allowed"] == en
    with use_language("ko"):
        assert field_of(**limits)["allowed"] == ko


def test_a_field_without_limits_tells_no_range():
    assert "allowed" not in field_of()


def test_what_may_be_left_empty_is_told_once_it_is_settled_by_its_name_in_a_document():
    class Form(BaseModel):
        model_config = {"alias_generator": to_camel, "validate_by_name": True}

        hidden_dim: int | None = described(None, title=WORDS, help=WORDS)
        bias: bool | None = described(None, title=WORDS, help=WORDS)
        scale: float | None = described(None, title=WORDS, help=WORDS)
        heads: int = described(4, title=WORDS, help=WORDS)
        secret: int | None = None

    assert settled_values(Form(hidden_dim=64, bias=False, secret=3)) == {"hiddenDim": 64, "bias": False}
