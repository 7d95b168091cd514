"""Token embedding: the table that turns each token id into a vector."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from torch import Tensor, nn

from slm_widgets.fields import Reference, described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import LARGEST_VOCABULARY, MOST, WIDEST, Flow, Place, vectors
from slm_widgets.layers.problem import Problem


class TokenEmbedding(Layer):
    """A table with one row of ``embDim`` learned numbers for each of ``vocabSize`` tokens."""

    type = "tokenEmbedding"
    title = Text(en="Token embedding", ko="토큰 임베딩")
    group = "embedding"
    palette_rank = 10
    reads = "tokens"
    summary = Text(en="Turns each token id into a vector.", ko="토큰 번호 하나하나를 벡터로 바꿉니다.")
    help = Text(
        en="A table with one row for each token of the vocabulary. Token number i becomes row i, a vector of embDim learned "
        "numbers. Everything the model knows about a word before reading its neighbours stands in that row.\n"
        "Try: double the width and watch the parameter count; tie the output head to this table.",
        ko="어휘의 토큰마다 한 줄씩 있는 표입니다. i번 토큰은 표의 i번째 줄, 곧 학습되는 수 embDim개로 된 벡터가 됩니다. "
        "이웃을 읽기 전에 모델이 그 낱말에 대해 아는 모든 것이 이 한 줄에 들어 있습니다.\n"
        "해 보기: 폭을 두 배로 늘려 파라미터 수를 보세요. 출력층과 이 표를 공유해 보세요.",
    )
    formula = r"x_t = E_{i_t}"
    letters = Text(
        en="i_t is the id of token t, x_t its vector (embDim numbers), E the table of vocabSize × embDim learned numbers.",
        ko="i_t는 t번째 토큰의 번호, x_t는 그 벡터(수 embDim개), E는 학습되는 수 vocabSize × embDim개로 된 표입니다.",
    )
    papers = (
        Paper(
            "https://www.jmlr.org/papers/v3/bengio03a.html", "Bengio et al. 2003, A Neural Probabilistic Language Model"
        ),
    )
    starts_with = {"embDim": 64}

    vocab_size: int | None = described(
        None,
        title=Text(en="Vocabulary size", ko="어휘 크기"),
        help=Text(
            en="How many different tokens there are. Leave empty: the tokenizer fills it in.",
            ko="서로 다른 토큰의 수입니다. 비워 두면 토크나이저가 채웁니다.",
        ),
        unit=Text(en="tokens", ko="토큰"),
        ge=1,
        le=LARGEST_VOCABULARY,
    )
    emb_dim: int = described(
        title=Text(en="Width", ko="폭"),
        help=Text(
            en="Numbers per token: the width of everything that follows.",
            ko="토큰 하나를 나타내는 수의 개수입니다. 뒤따르는 모든 것의 폭이 됩니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=WIDEST,
    )

    scale: float = described(
        1.0,
        title=Text(en="Scale", ko="배율"),
        help=Text(
            en="What the vectors are multiplied by; the first transformer took sqrt(width).",
            ko="벡터에 곱하는 수입니다. 최초의 트랜스포머는 sqrt(폭)을 썼습니다.",
        ),
        gt=0,
        le=MOST,
    )
    tied_to: Reference | None = described(
        None,
        title=Text(en="Table of", ko="표의 주인"),
        help=Text(
            en="Another token embedding above whose table this one uses. Empty: a table of its own.",
            ko="위에 있는 다른 토큰 임베딩의 표를 함께 씁니다. 비워 두면 자기 표를 씁니다.",
        ),
    )

    def resolve(self, place: Place) -> Self:
        return self.filled(vocab_size=place.vocab_size)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.tied_to is None:
            return
        assert self.vocab_size is not None
        table = place.tables.get(self.tied_to)
        if table is None:
            there = ", ".join(place.tables) or "-"
            yield self.problem(
                "tiedTo",
                en=f"tiedTo is {self.tied_to}, but there is no such token embedding above. Choose one of: {there}.",
                ko=f"tiedTo 값이 {self.tied_to}인데, 위에 그런 토큰 임베딩이 없습니다. 다음 중에서 고르세요: {there}.",
            )
        elif table != (self.vocab_size, self.emb_dim):
            yield self.problem(
                "tiedTo",
                en=f"The table of {self.tied_to} is {table[0]} × {table[1]}, but {self.vocab_size} × {self.emb_dim} is needed here. "
                "Give both the same vocabulary and width.",
                ko=f"{self.tied_to}의 표는 {table[0]} × {table[1]}인데 여기에는 {self.vocab_size} × {self.emb_dim}이 필요합니다. "
                "어휘 크기와 폭을 같게 하세요.",
            )

    def outgoing(self, place: Place) -> Flow:
        return vectors(self.emb_dim)

    def below(self, place: Place) -> Place:
        assert self.vocab_size is not None
        # The positions above are those of another text.
        tables = {**place.tables, self.id: (self.vocab_size, self.emb_dim)}
        return place.with_(tables=tables, rotary=False, position_bias=None)

    def module(self, place: Place) -> nn.Module:
        assert self.vocab_size is not None
        if self.scale == 1.0:
            return nn.Embedding(self.vocab_size, self.emb_dim)
        return ScaledEmbedding(self.vocab_size, self.emb_dim, self.scale)

    def shared(self, place: Place) -> dict[str, tuple[str, str]]:
        return {} if self.tied_to is None else {"weight": (self.tied_to, "weight")}


class ScaledEmbedding(nn.Embedding):
    """A table whose rows come out multiplied by ``scale``; a head that shares the table uses it as it is.

    Source: Vaswani et al. 2017, section 3.4.
    """

    def __init__(self, vocab_size: int, width: int, scale: float) -> None:
        super().__init__(vocab_size, width)
        self.scale = scale

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) * self.scale  # (B, T, C)
