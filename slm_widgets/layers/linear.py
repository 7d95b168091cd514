"""Linear: one matrix; at the end of a model it is the head that scores every token."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from torch import nn

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import LARGEST_VOCABULARY, Flow, Place, vectors
from slm_widgets.layers.problem import Problem


class Linear(Layer):
    """A learned matrix (and bias) applied to each token's vector."""

    type = "linear"
    title = Text(en="Linear", ko="선형")
    group = "output"
    summary = Text(
        en="One learned matrix; the last one scores every token.",
        ko="학습되는 행렬 하나. 마지막 것은 모든 토큰에 점수를 줍니다.",
    )
    help = Text(
        en="Each output number is a weighted sum of the input numbers. As the last layer (the head) it gives one score, a "
        "logit, for every token of the vocabulary; softmax turns the scores into probabilities of the next token. "
        "With weight tying the head uses the token embedding's table instead of a matrix of its own.\n"
        "Try: tie the head and compare the parameter counts.",
        ko="출력의 각 수는 입력 수들의 가중합입니다. 마지막 레이어(헤드)로 쓰면 어휘의 모든 토큰에 점수(로짓)를 하나씩 주고, "
        "소프트맥스가 그 점수를 다음 토큰의 확률로 바꿉니다. 가중치를 공유하면 헤드가 자기 행렬 대신 토큰 임베딩의 표를 씁니다.\n"
        "해 보기: 헤드의 가중치를 공유하고 파라미터 수를 비교해 보세요.",
    )
    formula = {
        "bias": {True: r"y = x W^\top + b", False: r"y = x W^\top"},
        "weightTying": {True: r"W = E"},
    }
    letters = Text(
        en="W is the learned matrix, b the bias, E the token embedding's table.",
        ko="W는 학습되는 행렬, b는 편향, E는 토큰 임베딩의 표입니다.",
    )
    papers = (
        Paper(
            "https://arxiv.org/abs/1608.05859",
            "Press and Wolf 2017 (weight tying)",
            "Press and Wolf 2017 (가중치 공유)",
        ),
    )
    starts_with = {"bias": False}

    out_dim: int | None = described(
        None,
        title=Text(en="Output width", ko="출력 폭"),
        help=Text(
            en="Numbers per token that come out. Empty: the vocabulary size if this is the last layer, else as wide as the input.",
            ko="나오는 수의 개수입니다. 비워 두면 마지막 레이어에서는 어휘 크기, 아니면 입력과 같은 폭입니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=LARGEST_VOCABULARY,
    )
    bias: bool = described(
        True,
        title=Text(en="Bias", ko="편향"),
        help=Text(en="Whether a learned number is added to each output.", ko="출력마다 학습되는 수를 더할지 정합니다."),
    )
    weight_tying: bool = described(
        False,
        title=Text(en="Tie to the embedding", ko="임베딩과 공유"),
        help=Text(
            en="Use the token embedding's table as the matrix: fewer parameters.",
            ko="토큰 임베딩의 표를 행렬로 씁니다. 파라미터가 줄어듭니다.",
        ),
    )

    zero_init: bool = described(
        False,
        title=Text(en="Start at zero", ko="0에서 시작"),
        help=Text(
            en="The matrix starts at zero: at first a head gives every token the same score, and a branch adds nothing.",
            ko="행렬이 0에서 시작하여, 처음에는 헤드가 모든 토큰에 같은 점수를 주고 가지는 아무것도 더하지 않습니다.",
        ),
    )

    def resolve(self, place: Place) -> Self:
        head = place.last or self.weight_tying
        return self.filled(out_dim=place.vocab_size if head else place.width)

    def problems(self, place: Place) -> Iterator[Problem]:
        if not self.weight_tying:
            return
        if place.embedding_id is None:
            yield self.problem(
                "weightTying",
                en="There is no token embedding above whose table could be shared. Switch tying off or add one.",
                ko="표를 공유할 토큰 임베딩이 위에 없습니다. 공유를 끄거나 토큰 임베딩을 넣으세요.",
                mend={"weightTying": None},
                mend_title=say(en="Switch tying off", ko="공유 끄기"),
            )
        elif (table := place.tables[place.embedding_id]) != (self.out_dim, place.width):
            # Left empty it is the size of the vocabulary.
            fits = place.last and table == (place.vocab_size, place.width)
            yield self.problem(
                "weightTying",
                en=f"The table of {place.embedding_id} is {table[0]} × {table[1]}, but {self.out_dim} × {place.width} is needed here. "
                "Switch tying off, or bring what comes in to the table's width.",
                ko=f"{place.embedding_id}의 표는 {table[0]} × {table[1]}인데 여기에는 {self.out_dim} × {place.width}이 필요합니다. "
                "공유를 끄거나 들어오는 폭을 표의 폭에 맞추세요.",
                mend={"outDim": None} if fits else None,
                mend_title=say(en="Leave the output width empty", ko="출력 폭 비워 두기") if fits else "",
            )
        if self.zero_init:
            yield self.problem(
                "zeroInit",
                en="A tied matrix cannot start at zero: the token embedding would be zero too. Switch one of the two off.",
                ko="공유하는 행렬은 0에서 시작할 수 없습니다. 토큰 임베딩까지 0이 됩니다. 둘 중 하나를 끄세요.",
                mend={"zeroInit": None},
                mend_title=say(en="Do not start at zero", ko="0에서 시작하지 않기"),
            )

    def outgoing(self, place: Place) -> Flow:
        assert self.out_dim is not None
        return vectors(self.out_dim)

    def shared(self, place: Place) -> dict[str, tuple[str, str]]:
        if not self.weight_tying or place.embedding_id is None:
            return {}
        return {"weight": (place.embedding_id, "weight")}

    def module(self, place: Place) -> nn.Module:
        assert self.out_dim is not None
        # No class of its own: the loss of a large head looks for a plain nn.Linear (model/head_loss.py).
        linear = nn.Linear(place.width, self.out_dim, bias=self.bias)
        linear.zero_init = self.zero_init  # pyright: ignore[reportArgumentType]
        return linear
