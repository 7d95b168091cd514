"""Cross-attention: the decoder's tokens look at what the encoder made of the source text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

from torch import Tensor, nn
from torch.nn import functional as F

from slm_widgets.fields import Reference, described
from slm_widgets.language import Text
from slm_widgets.layers.attention_fields import heads_must_divide
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import MOST_HEADS, Place
from slm_widgets.layers.problem import Problem


class CrossAttentionLayer(Layer):
    """Queries come from the text, keys and values from the encoder."""

    type = "crossAttention"
    group = "attention"
    palette_rank = 60
    title = Text(en="Cross-attention", ko="교차 어텐션")
    summary = Text(en="Each token gathers from the source text.", ko="각 토큰이 원문에서 필요한 것을 모읍니다.")
    help = Text(
        en="Like multi-head attention, but only the questions (queries) come from the text that is being written; labels (keys) and "
        "contents (values) come from another layer, the last of the encoder. All of the source may be seen: it is there "
        "before the first word is written.\n"
        "Try: take it out of the encoder-decoder preset; the decoder then does not know what it should go on from.",
        ko="멀티헤드 어텐션과 같지만 질문(쿼리)만 지금 쓰고 있는 글에서 나오고, 이름표(키)와 내용(값)은 다른 레이어, 곧 인코더의 마지막 "
        "레이어에서 옵니다. 원문은 첫 낱말을 쓰기 전에 이미 다 있으므로 전부 볼 수 있습니다.\n"
        "해 보기: 인코더-디코더 프리셋에서 이 레이어를 빼 보세요. 디코더는 무엇을 이어 써야 하는지 모르게 됩니다.",
    )
    formula = (
        r"Q = x W_Q,\; K = s W_K,\; V = s W_V",
        r"A_h = \operatorname{softmax}\left(\frac{Q_h K_h^\top}{\sqrt{D}}\right)",
        r"y = \left[A_1 V_1; \ldots; A_H V_H\right] W_O",
    )
    letters = Text(
        en="x is what comes in, s the source (the encoder's output); h counts the heads, D = C / H is the head size; the W are "
        "learned matrices.",
        ko="x는 들어오는 벡터, s는 원문(인코더의 출력)입니다. h는 헤드 번호, D = C / H는 헤드 크기이고, W는 학습되는 행렬입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.2.3", "Vaswani et al. 2017, 3.2.3절"),
        Paper(
            "https://arxiv.org/abs/1409.0473",
            "Bahdanau et al. 2015, where attention began",
            "Bahdanau et al. 2015 (어텐션이 시작된 논문)",
        ),
    )
    starts_with = {"numHeads": 4}

    source: Reference = described(
        title=Text(en="Source", ko="출발점"),
        help=Text(
            en="The layer whose output is looked at: the last one of the encoder.",
            ko="그 출력을 볼 레이어, 곧 인코더의 마지막 레이어입니다.",
        ),
    )
    num_heads: int = described(
        title=Text(en="Heads", ko="헤드 수"),
        help=Text(
            en="How many different questions each token can ask at once.",
            ko="토큰 하나가 한 번에 던질 수 있는 서로 다른 질문의 수입니다.",
        ),
        ge=1,
        le=MOST_HEADS,
    )
    dropout_rate: float = described(
        0.0,
        title=Text(en="Dropout", ko="드롭아웃"),
        help=Text(
            en="The share of attention weights switched off while training.",
            ko="학습하는 동안 끄는 어텐션 가중치의 비율입니다.",
        ),
        ge=0,
        lt=1,
    )
    qkv_bias: bool = described(
        False,
        title=Text(en="QKV bias", ko="QKV 편향"),
        help=Text(
            en="Whether queries, keys and values have biases.",
            ko="쿼리, 키, 값을 만들 때 편향을 쓸지 정합니다.",
        ),
    )
    proj_bias: bool | None = described(
        None,
        title=Text(en="Output bias", ko="출력 편향"),
        help=Text(en="Empty: as the QKV bias.", ko="비워 두면 QKV 편향과 같습니다."),
    )
    zero_init: bool = described(
        False,
        title=Text(en="Start at zero", ko="0에서 시작"),
        help=Text(
            en="The output matrix starts at zero: at first the layer adds nothing.",
            ko="출력 행렬이 0에서 시작하여, 처음에는 이 레이어가 아무것도 더하지 않습니다.",
        ),
    )

    def resolve(self, place: Place) -> Self:
        return self.filled(proj_bias=self.qkv_bias)

    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def problems(self, place: Place) -> Iterator[Problem]:
        (source,) = place.sources
        if source.width is None:
            yield self.problem(
                "source",
                en=f"{self.source} carries token ids, but vectors are needed. Choose the encoder's last layer.",
                ko=f"{self.source}에는 벡터가 아니라 토큰 번호가 흐릅니다. 인코더의 마지막 레이어를 고르세요.",
            )
        elif source.length != "S":
            yield self.problem(
                "source",
                en=f"{self.source} carries {source}, the text itself: its tokens would see what comes after them. Choose a layer "
                "below a source text (sourceText), or use multi-head attention.",
                ko=f"{self.source}에는 글 자체({source})가 흐르므로 토큰이 뒤에 올 것을 보게 됩니다. 원문(sourceText) 아래의 "
                "레이어를 고르거나 멀티헤드 어텐션을 쓰세요.",
            )
        yield from heads_must_divide(self, self.num_heads, place.width)

    def module(self, place: Place) -> nn.Module:
        (source,) = place.sources
        assert source.width is not None
        module = CrossAttention(
            place.width,
            source.width,
            self.num_heads,
            qkv_bias=self.qkv_bias,
            out_bias=bool(self.proj_bias),
            dropout=self.dropout_rate,
        )
        module.zero_init = self.zero_init
        return module


@dataclass
class SourceKeys:
    """Keys and values of the source, computed when the first token is written."""

    k: Tensor | None = None
    v: Tensor | None = None


class CrossAttention(nn.Module):
    """softmax(q kᵀ / sqrt(D)) v, with q from the text and k, v from the source.

    Shape:
        (B, T, C), (B, S, C_source) -> (B, T, C)

    Args:
        width: C.
        source_width: C_source, the channels of the source.
        heads: H; each has C / H numbers.
        qkv_bias, out_bias: Whether the projections have biases.
        dropout: The share of attention weights switched off while training.

    Source: Vaswani et al. 2017, section 3.2.3.
    """

    zero_init = False

    def __init__(
        self,
        width: int,
        source_width: int,
        heads: int,
        *,
        qkv_bias: bool = False,
        out_bias: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.q = nn.Linear(width, width, bias=qkv_bias)
        self.kv = nn.Linear(source_width, 2 * width, bias=qkv_bias)
        self.out = nn.Linear(width, width, bias=out_bias)

    @property
    def output_projection(self) -> nn.Linear:
        """The matrix that writes into the residual stream."""
        return self.out

    def forward(self, x: Tensor, source: Tensor, memory: SourceKeys | None = None) -> Tensor:
        B, T, C = x.size()
        H, D = self.heads, C // self.heads
        q = self.q(x).view(B, T, H, D).transpose(1, 2)  # (B, H, T, D)
        if memory is None or memory.k is None or memory.v is None:
            k, v = self.kv(source).view(B, -1, 2, H, D).permute(2, 0, 3, 1, 4)  # (B, H, S, D) each
            if memory is not None:
                memory.k, memory.v = k, v
        else:
            k, v = memory.k, memory.v
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=self.dropout if self.training else 0.0)  # (B, H, T, D)
        return self.out(y.transpose(1, 2).reshape(B, T, C))  # (B, T, C)

    def new_memory(self, batch_size: int, max_tokens: int, like: Tensor) -> Any:
        return SourceKeys()

    def extra_repr(self) -> str:
        return f"heads={self.heads}"
