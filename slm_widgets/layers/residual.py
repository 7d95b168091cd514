"""Residual connection: adds an earlier vector to this one."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn

from slm_widgets.fields import Reference, described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import MOST, Place
from slm_widgets.layers.problem import Problem


class Residual(Layer):
    """Adds the output (or input) of an earlier layer to what comes in."""

    type = "residual"
    adds_sources = True
    title = Text(en="Residual", ko="잔차 연결")
    group = "wiring"
    summary = Text(en="Adds an earlier vector to this one.", ko="앞의 벡터를 지금 벡터에 더합니다.")
    help = Text(
        en="The layers between the source and here only learn a change, and the gradient has a straight way back. "
        'The source is the id of a layer above (its output), or "<id>:in" (its input).\n'
        "Try: remove the residuals from a six-block model and see whether it still learns.",
        ko="출발점과 이곳 사이의 레이어들은 바뀔 부분만 배우면 되고, 기울기는 곧장 되돌아갈 길이 생깁니다. "
        '출발점은 위에 있는 레이어의 id(그 출력)이거나 "<id>:in"(그 입력)입니다.\n'
        "해 보기: 블록이 여섯 개인 모델에서 잔차 연결을 지우고 여전히 배우는지 보세요.",
    )
    formula = r"y = x + s \cdot r"
    letters = Text(
        en="x is what comes in, r what the source carries, s the scale.",
        ko="x는 들어오는 벡터, r은 출발점의 벡터, s는 배율입니다.",
    )
    papers = (
        Paper(
            "https://arxiv.org/abs/1512.03385", "He et al. 2015 (ResNet), section 3.2", "He et al. 2015 (ResNet), 3.2절"
        ),
    )

    source: Reference = described(
        title=Text(en="Source", ko="출발점"),
        help=Text(
            en='The layer above whose output is added; with ":in" at the end, its input.',
            ko='그 출력을 더할 위쪽 레이어입니다. 끝에 ":in"을 붙이면 그 입력을 더합니다.',
        ),
    )
    scale: float = described(
        1.0,
        title=Text(en="Scale", ko="배율"),
        help=Text(en="What the source is multiplied by.", ko="출발점에 곱하는 수입니다."),
        ge=-MOST,
        le=MOST,
    )

    def sources(self) -> tuple[str, ...]:
        return (self.source,)

    def problems(self, place: Place) -> Iterator[Problem]:
        (source,) = place.sources
        if source != place.incoming:
            yield self.problem(
                "source",
                en=f"{self.source} carries {source}, but {place.incoming} comes in here; only equal shapes can be added. "
                "Choose another source, or bring both to one width with a linear layer.",
                ko=f"{self.source}의 모양은 {source}인데 여기로 들어오는 것은 {place.incoming}입니다. 모양이 같아야 더할 수 있습니다. "
                "다른 출발점을 고르거나 선형 레이어로 폭을 맞추세요.",
            )

    def module(self, place: Place) -> nn.Module:
        return Add(self.scale)


class Add(nn.Module):
    """y = x + scale · source, all (B, T, C)."""

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, x: Tensor, source: Tensor) -> Tensor:
        return x + source if self.scale == 1.0 else x + self.scale * source

    def extra_repr(self) -> str:
        return f"scale={self.scale}"
