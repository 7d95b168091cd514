"""Dropout: switches off random numbers while training, so that the model cannot rely on any single one."""

from __future__ import annotations

from torch import nn

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import Place


class Dropout(Layer):
    """Sets a share of the numbers to zero while training."""

    type = "dropout"
    title = Text(en="Dropout", ko="드롭아웃")
    group = "wiring"
    summary = Text(en="Switches off random numbers while training.", ko="학습하는 동안 일부 값을 무작위로 끕니다.")
    help = Text(
        en="While training, each number is set to zero with this probability and the rest is scaled up to make up for it; "
        "while generating, nothing happens. It helps against learning a small text by heart.\n"
        "Try: 0 for large texts, 0.1 to 0.3 when validation loss rises while train loss still falls.",
        ko="학습하는 동안 각 값을 이 확률로 0으로 만들고 나머지를 그만큼 키웁니다. 생성할 때는 아무 일도 하지 않습니다. "
        "작은 글을 통째로 외우는 것을 막아 줍니다.\n"
        "해 보기: 큰 글에는 0, 학습 손실은 내려가는데 검증 손실이 올라가면 0.1에서 0.3.",
    )
    formula = r"y = \frac{m \odot x}{1 - p}"
    letters = Text(
        en="p is the rate; each number of m is 0 with probability p, else 1, and drawn anew in every step of training.",
        ko="p는 비율입니다. m의 수는 저마다 확률 p로 0, 아니면 1이며 학습 스텝마다 새로 뽑습니다.",
    )
    papers = (
        Paper(
            "https://jmlr.org/papers/v15/srivastava14a.html",
            "Srivastava et al. 2014, section 4",
            "Srivastava et al. 2014, 4절",
        ),
    )
    starts_with = {"dropoutRate": 0.1}

    dropout_rate: float = described(
        0.0,
        title=Text(en="Rate", ko="비율"),
        help=Text(en="The share of numbers set to zero.", ko="0으로 만드는 값의 비율입니다."),
        ge=0,
        lt=1,
    )

    def module(self, place: Place) -> nn.Module:
        return nn.Dropout(self.dropout_rate)
