"""Recurrent: reads the text token by token and carries a state from each to the next (RNN, GRU, LSTM)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Self

from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import WIDEST, Flow, Place, vectors
from slm_widgets.layers.problem import Problem

CELLS: dict[str, type[nn.RNN | nn.GRU | nn.LSTM]] = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}
DEEPEST = 100


class Recurrent(Layer):
    """Reads one token after another and keeps what it has read in a state of ``hiddenDim`` numbers."""

    type = "recurrent"
    title = Text(en="Recurrent", ko="순환")
    group = "recurrence"
    palette_rank = 10
    summary = Text(en="RNN, GRU, LSTM: reads token by token.", ko="RNN, GRU, LSTM: 토큰을 하나씩 읽습니다.")
    help = Text(
        en="The layer reads the text from left to right. Everything it knows of the tokens before stands in one vector, the state, "
        "which each new token changes a little. It needs no positions and no context length, but it cannot work on all tokens at "
        "once, and what was read long ago fades. GRU and LSTM add gates that decide what to keep and what to forget.\n"
        "Try: train RNN, GRU and LSTM of one width, then attention with as many parameters: compare loss and tokens per second.",
        ko="글을 왼쪽에서 오른쪽으로 하나씩 읽습니다. 앞에서 읽은 것은 모두 상태라는 벡터 하나에 담기고, 새 토큰이 올 때마다 조금씩 바뀝니다. "
        "위치 임베딩도 문맥 길이도 필요 없지만, 모든 토큰을 한꺼번에 처리할 수 없고 오래전에 읽은 것은 흐려집니다. GRU와 LSTM은 무엇을 간직하고 "
        "무엇을 잊을지 정하는 게이트를 더합니다.\n"
        "해 보기: 같은 폭의 RNN, GRU, LSTM을 학습한 다음 파라미터 수가 같은 어텐션과 손실, 초당 토큰 수를 비교해 보세요.",
    )
    formula = {
        "cellType": {
            "RNN": r"h_t = \tanh(W x_t + U h_{t-1} + b)",
            "GRU": (
                r"h_t = (1 - z) \odot n + z \odot h_{t-1}",
                r"n = \tanh(W_n x_t + r \odot U_n h_{t-1})",
                r"z, r = \sigma(W x_t + U h_{t-1} + b)",
            ),
            "LSTM": (
                r"c_t = f \odot c_{t-1} + i \odot g",
                r"h_t = o \odot \tanh(c_t)",
                r"g = \tanh(W_g x_t + U_g h_{t-1} + b_g)",
                r"f, i, o = \sigma(W x_t + U h_{t-1} + b)",
            ),
        }
    }
    letters = Text(
        en="h_t is the state after token t, which also comes out; c_t the LSTM's second state. The gates (z, r; f, i, o), each "
        "with matrices W and U of its own, lie between 0 and 1 (σ); n and g are the new contents; ⊙ multiplies number by "
        "number.",
        ko="h_t는 토큰 t까지 읽은 뒤의 상태이고 그대로 나옵니다. c_t는 LSTM의 두 번째 상태입니다. 게이트(z, r; f, i, o)는 저마다 "
        "행렬 W와 U가 있고 0과 1 사이의 값(σ)입니다. n과 g는 새 내용이고, ⊙는 같은 자리의 수끼리 곱합니다.",
    )
    papers = (
        Paper("https://doi.org/10.1207/s15516709cog1402_1", "Elman 1990 (RNN)"),
        Paper("https://doi.org/10.1162/neco.1997.9.8.1735", "Hochreiter and Schmidhuber 1997 (LSTM)"),
        Paper("https://arxiv.org/abs/1406.1078", "Cho et al. 2014 (GRU), section 2.3", "Cho et al. 2014 (GRU), 2.3절"),
    )
    starts_with = {"cellType": "LSTM"}

    cell_type: Literal["RNN", "GRU", "LSTM"] = described(
        "LSTM",
        title=Text(en="Cell", ko="셀"),
        help=Text(
            en="RNN has one set of matrices and no gates; GRU has three sets, LSTM four and a second state.",
            ko="RNN은 행렬이 한 벌이고 게이트가 없습니다. GRU는 세 벌, LSTM은 네 벌이고 상태가 하나 더 있습니다.",
        ),
    )
    hidden_dim: int | None = described(
        None,
        title=Text(en="State width", ko="상태의 폭"),
        help=Text(
            en="Numbers in the state, and per token that come out. Empty: as wide as the input.",
            ko="상태에 든 수의 개수이자 토큰마다 나오는 수의 개수입니다. 비워 두면 입력과 같은 폭입니다.",
        ),
        unit=Text(en="channels", ko="채널"),
        ge=1,
        le=WIDEST,
    )
    num_layers: int = described(
        1,
        title=Text(en="Layers", ko="층 수"),
        help=Text(
            en="How many are stacked: each reads the states of the one below.",
            ko="몇 층을 쌓을지 정합니다. 각 층은 바로 아래층의 상태를 읽습니다.",
        ),
        ge=1,
        le=DEEPEST,
    )
    dropout_rate: float = described(
        0.0,
        title=Text(en="Dropout", ko="드롭아웃"),
        help=Text(
            en="The share of numbers switched off between the layers while training.",
            ko="학습하는 동안 층과 층 사이에서 끄는 값의 비율입니다.",
        ),
        ge=0,
        lt=1,
    )
    bias: bool = described(
        True,
        title=Text(en="Bias", ko="편향"),
        help=Text(en="Whether the cells have biases.", ko="셀에 편향을 둘지 정합니다."),
    )

    def resolve(self, place: Place) -> Self:
        return self.filled(hidden_dim=place.width)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.dropout_rate and self.num_layers == 1:
            yield self.problem(
                "dropoutRate",
                severity="warning",
                en="This dropout acts between stacked layers, and there is only one: it does nothing. Stack two, or put a dropout "
                "layer below.",
                ko="이 드롭아웃은 쌓인 층 사이에서 일하는데 층이 하나뿐이라 아무 일도 하지 않습니다. 두 층을 쌓거나 아래에 드롭아웃 "
                "레이어를 넣으세요.",
                mend={"dropoutRate": None},
                mend_title=say(en="Take this dropout out", ko="이 드롭아웃 빼기"),
            )

    def outgoing(self, place: Place) -> Flow:
        assert self.hidden_dim is not None
        return vectors(self.hidden_dim)

    def module(self, place: Place) -> nn.Module:
        assert self.hidden_dim is not None
        between = self.dropout_rate if self.num_layers > 1 else 0.0
        return Recurrence(
            CELLS[self.cell_type](
                place.width, self.hidden_dim, self.num_layers, bias=self.bias, batch_first=True, dropout=between
            )
        )


@dataclass
class State:
    """What the cells carry to the next token: h, of an LSTM (h, c), both (layers, B, hidden); None at first: zeros."""

    carried: Any = None


class Recurrence(nn.Module):
    """Torch's recurrent layers, with the state that it hands on from token to token.

    Shape:
        (B, T, C) -> (B, T, hidden)

    Args:
        cells: ``nn.RNN``, ``nn.GRU`` or ``nn.LSTM`` with ``batch_first``.
    """

    def __init__(self, cells: nn.RNN | nn.GRU | nn.LSTM) -> None:
        super().__init__()
        self.cells = cells

    def forward(self, x: Tensor, memory: State | None = None) -> Tensor:
        y, carried = self.cells(x, None if memory is None else memory.carried)  # (B, T, hidden)
        if memory is not None:
            memory.carried = carried
        return y

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> State:
        return State()
