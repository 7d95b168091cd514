"""Concat: puts an earlier vector beside this one."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from slm_widgets.fields import Reference, described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import WIDEST, Flow, Place, vectors
from slm_widgets.layers.problem import Problem


class Concat(Layer):
    """Puts the output (or input) of an earlier layer beside what comes in; the widths add up."""

    type = "concat"
    title = Text(en="Concat", ko="이어 붙이기")
    group = "wiring"
    palette_rank = 60
    summary = Text(en="Puts an earlier vector beside this one.", ko="앞의 벡터를 지금 벡터 옆에 이어 붙입니다.")
    help = Text(
        en="A residual adds two vectors and mixes them for good; concat keeps both side by side, and the layers below choose from "
        "either. The width grows to the sum of the two, so a linear layer often follows to bring it back. The source is the id of "
        'a layer above (its output), or "<id>:in" (its input).\n'
        "Try: replace a residual by concat and a linear layer, and compare loss and parameter count.",
        ko="잔차 연결은 두 벡터를 더해 하나로 섞지만, 이어 붙이기는 둘을 나란히 두어 아래 레이어가 양쪽에서 골라 쓰게 합니다. "
        "폭은 두 폭의 합으로 늘어나므로, 보통 선형 레이어를 뒤에 두어 원래 폭으로 되돌립니다. 출발점은 위에 있는 레이어의 id(그 출력)이거나 "
        '"<id>:in"(그 입력)입니다.\n'
        "해 보기: 잔차 연결을 이어 붙이기와 선형 레이어로 바꾸고 손실과 파라미터 수를 비교해 보세요.",
    )
    formula = r"y = \left[x;\, r\right]"
    letters = Text(
        en="x is what comes in (C numbers), r what the source carries; y has as many numbers as both together.",
        ko="x는 들어오는 벡터(수 C개), r은 출발점의 벡터입니다. y의 폭은 둘을 더한 것입니다.",
    )
    papers = (
        Paper(
            "https://arxiv.org/abs/1608.06993",
            "Huang et al. 2017 (DenseNet), section 3",
            "Huang et al. 2017 (DenseNet), 3절",
        ),
    )

    source: Reference = described(
        title=Text(en="Source", ko="출발점"),
        help=Text(
            en='The layer above whose output is put beside; with ":in" at the end, its input.',
            ko='그 출력을 옆에 붙일 위쪽 레이어입니다. 끝에 ":in"을 붙이면 그 입력을 붙입니다.',
        ),
    )

    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def problems(self, place: Place) -> Iterator[Problem]:
        (source,) = place.sources
        if source.width is None:
            yield self.problem(
                "source",
                en=f"{self.source} carries token ids, but vectors are needed. Choose a layer below a token embedding.",
                ko=f"{self.source}에는 벡터가 아니라 토큰 번호가 흐릅니다. 토큰 임베딩 아래의 레이어를 고르세요.",
            )
        elif source.length != place.incoming.length:
            yield self.problem(
                "source",
                en=f"{self.source} carries {source}, but {place.incoming} comes in here; only texts of one length stand side by "
                "side. Choose a layer of the same text, or look at the other one through cross-attention.",
                ko=f"{self.source}의 모양은 {source}인데 여기로 들어오는 것은 {place.incoming}입니다. 길이가 같은 글끼리만 이어 붙일 수 "
                "있습니다. 같은 글의 레이어를 고르거나, 다른 글은 교차 어텐션으로 보세요.",
            )
        elif place.width + source.width > WIDEST:
            yield self.problem(
                "source",
                en=f"{place.width} and {source.width} channels side by side are {place.width + source.width}, but at most {WIDEST} "
                "are allowed. Bring one of them to a smaller width with a linear layer.",
                ko=f"채널 {place.width}개와 {source.width}개를 이어 붙이면 {place.width + source.width}개인데, 최대 {WIDEST}개까지 쓸 수 "
                "있습니다. 선형 레이어로 한쪽의 폭을 줄이세요.",
            )

    def outgoing(self, place: Place) -> Flow:
        (source,) = place.sources
        assert source.width is not None
        return vectors(place.width + source.width)

    def module(self, place: Place) -> nn.Module:
        return SideBySide()


class SideBySide(nn.Module):
    """(B, T, C), (B, T, C_source) -> (B, T, C + C_source)."""

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        return torch.cat((x, source), dim=-1)
