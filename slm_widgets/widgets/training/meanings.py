"""What the numbers of a training are called, and what they mean."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import NamedTuple

from slm_widgets.language import Text, say


class Fact(NamedTuple):
    """A number as it is shown, in one language.

    Args:
        name: What it is.
        value: What it is worth.
        meaning: How a person reads it.
    """

    name: str
    value: str
    meaning: str


_WORDS = {
    "step": (
        Text(en="step", ko="스텝"),
        Text(en="One change of the weights, made from one batch.", ko="한 배치를 보고 가중치를 한 번 바꾼 것입니다."),
    ),
    "loss": (
        Text(en="training loss", ko="학습 손실"),
        Text(
            en="How much the text that it learns from surprises the model, in nats per token, over the latest steps. Lower is "
            "better.",
            ko="학습하는 글이 모델에게 얼마나 뜻밖인지를 나타냅니다(토큰당 나트, 최근 스텝의 평균). 낮을수록 좋습니다.",
        ),
    ),
    "val_loss": (
        Text(en="validation loss", ko="검증 손실"),
        Text(
            en="The same for text that it does not learn from. Where this rises while the training loss falls, the model learns "
            "by heart.",
            ko="학습에 쓰지 않는 글에서 잰 손실입니다. 학습 손실이 내려가는데 이 값이 올라가면 모델이 글을 외우고 있는 것입니다.",
        ),
    ),
    "tokens_per_s": (
        Text(en="tokens per second", ko="초당 토큰"),
        Text(en="How much text a second of training reads.", ko="학습하면서 1초에 읽는 토큰 수입니다."),
    ),
    "time": (
        Text(en="time", ko="걸린 시간"),
        Text(en="Time of training so far, without pauses.", ko="지금까지 학습한 시간입니다. 쉰 시간은 뺍니다."),
    ),
    "time_left": (
        Text(en="time left", ko="남은 시간"),
        Text(
            en="Estimated from the steps, evaluations and samples so far.",
            ko="지금까지의 스텝, 평가, 예문에서 어림한 값입니다.",
        ),
    ),
    "perplexity": (
        Text(en="perplexity", ko="퍼플렉시티"),
        Text(
            en="Among how many equally likely tokens the model hesitates: e to the power of the validation loss.",
            ko="모델이 똑같이 그럴듯한 토큰 몇 개를 놓고 망설이는지를 나타냅니다. e를 검증 손실만큼 거듭제곱한 값입니다.",
        ),
    ),
    "bits_per_byte": (
        Text(en="bits per byte", ko="바이트당 비트"),
        Text(
            en="The validation loss in bits for each byte of text. It can be compared across tokenizers.",
            ko="검증 손실을 글 1바이트당 비트로 나타낸 값입니다. 토크나이저가 달라도 견줄 수 있습니다.",
        ),
    ),
    "accuracy": (
        Text(en="next-token accuracy", ko="다음 토큰 정확도"),
        Text(
            en="How often the token that the model finds likeliest is the one that follows.",
            ko="모델이 가장 그럴듯하다고 본 토큰이 실제로 이어지는 비율입니다.",
        ),
    ),
    "top5_accuracy": (
        Text(en="top-5 accuracy", ko="상위 5개 정확도"),
        Text(
            en="How often the token that follows is among the five likeliest.",
            ko="실제로 이어지는 토큰이 모델이 고른 상위 5개 안에 드는 비율입니다.",
        ),
    ),
    "macro_f1": (
        Text(en="macro F1", ko="매크로 F1"),
        Text(
            en="How well it predicts each token, rare ones counting as much as frequent ones: 0 to 1.",
            ko="토큰마다 얼마나 잘 맞히는지를, 드문 토큰도 흔한 토큰과 똑같이 쳐서 평균한 값입니다(0부터 1).",
        ),
    ),
    "lr": (
        Text(en="learning rate", ko="학습률"),
        Text(en="How far a step changes the weights.", ko="한 스텝에 가중치를 얼마나 바꾸는지를 나타냅니다."),
    ),
    "grad_norm": (
        Text(en="gradient norm", ko="기울기 크기"),
        Text(
            en="The length of the gradient before clipping. Where it leaps again and again, the learning rate is too high.",
            ko="자르기 전 기울기의 길이입니다. 자꾸 튀면 학습률이 너무 높은 것입니다.",
        ),
    ),
    "step_time_s": (
        Text(en="time per step", ko="스텝당 시간"),
        Text(en="From step to step, over the latest ones.", ko="한 스텝에서 다음 스텝까지, 최근 스텝의 평균입니다."),
    ),
    "memory_bytes": (
        Text(en="memory", ko="메모리"),
        Text(en="What this program holds in the machine's memory.", ko="이 프로그램이 쓰는 컴퓨터의 메모리입니다."),
    ),
    "gpu_memory_bytes": (
        Text(en="graphics memory", ko="그래픽 메모리"),
        Text(en="What torch holds on the graphics processor.", ko="torch가 그래픽 장치에 잡아 둔 메모리입니다."),
    ),
    "gpu_use": (
        Text(en="graphics in use", ko="그래픽 사용률"),
        Text(en="How much of the time the graphics processor was busy.", ko="그래픽 장치가 일한 시간의 비율입니다."),
    ),
    "peak_share": (
        Text(en="share of the peak", ko="최고 속도 대비"),
        Text(
            en="How much it computes in a second, as a share of what this machine reaches when it only multiplies large matrices.",
            ko="이 컴퓨터가 행렬 곱을 가장 빨리 할 때와 견준 계산 속도입니다.",
        ),
    ),
}


def fact(quantity: str, value: str) -> Fact:
    """A number in the current language.

    Args:
        quantity: What it is, as ``run.history`` calls it where it is there.
        value: What it is worth, as it is shown.
    """
    name, meaning = _WORDS[quantity]
    return Fact(str(name), value, str(meaning))


def explain_numbers(facts: Iterable[Fact]) -> str:
    """All meanings as a part of the page that opens: whoever has no mouse sees no tooltip."""
    words = say(en="What these numbers mean", ko="이 숫자들의 뜻")
    return _opening(words, [(fact.name, fact.meaning) for fact in facts])


def explain_settings(settings: Iterable[tuple[str, str]]) -> str:
    """The same for settings, as (title, help): an input with a label in front shows no tooltip in ipywidgets 8."""
    return _opening(say(en="What these settings mean", ko="이 설정들의 뜻"), settings)


def _opening(title: str, entries: Iterable[tuple[str, str]]) -> str:
    told = "".join(f"<dt>{html.escape(name)}</dt><dd>{html.escape(meaning)}</dd>" for name, meaning in entries)
    return f"<details><summary>{html.escape(title)}</summary><dl>{told}</dl></details>"
