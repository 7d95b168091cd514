"""How a gradient becomes a change of the weights."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from slm_widgets.fields import OnlyWith, described
from slm_widgets.language import Text
from slm_widgets.training.config.betas import DEFAULT_BETAS, WITH_MEANS, betas_group, read_betas
from slm_widgets.training.config.section import Section


class OptimizerSettings(Section):
    """The optimizer, its own numbers, and what is done against overfitting."""

    section = "optimizer"
    section_title = Text(en="Optimizer", ko="최적화")

    optimizer: Literal["AdamW", "Adam", "SGD", "Muon"] = described(
        "AdamW",
        title=Text(en="Optimizer", ko="최적화 방법"),
        help=Text(
            en="AdamW: a step size for each weight, and weight decay (Loshchilov and Hutter 2019). "
            "Adam: the same without weight decay (Kingma and Ba 2015). SGD: along the gradient, with momentum "
            "(Polyak 1964). Muon: makes the step of each hidden matrix orthogonal, and leaves the rest to AdamW (Jordan 2024).",
            ko="AdamW: 가중치마다 보폭이 다르고, 가중치 감쇠를 합니다(Loshchilov, Hutter 2019). "
            "Adam: 같지만 가중치 감쇠가 없습니다(Kingma, Ba 2015). SGD: 관성을 더해 기울기를 따라갑니다(Polyak 1964). "
            "Muon: 은닉층 행렬의 갱신 방향을 직교화하고, 나머지는 AdamW에 맡깁니다(Jordan 2024).",
        ),
    )
    lr: float = described(
        2e-3,
        title=Text(en="Learning rate", ko="학습률"),
        help=Text(
            en="The size of a step at its highest. Too high and the loss jumps or becomes infinite, too low and it hardly "
            "falls. Small models like 0.001 to 0.003 with AdamW and Adam, 0.02 with Muon, 0.01 to 0.1 with SGD.",
            ko="가장 클 때의 보폭입니다. 너무 크면 손실이 튀거나 무한대가 되고, 너무 작으면 거의 줄지 않습니다. "
            "작은 모델에는 AdamW와 Adam이면 0.001에서 0.003, Muon이면 0.02, SGD면 0.01에서 0.1이 알맞습니다.",
        ),
        gt=0,
        le=1000,
    )
    rest_lr: float | None = described(
        None,
        title=Text(en="Learning rate of the rest", ko="나머지의 학습률"),
        help=Text(
            en="Only with Muon: the learning rate of the AdamW that trains embeddings, head, norms and biases. Empty: a tenth "
            "of the learning rate. Beside 0.02 for Muon, Jordan 2024 takes 0.0003, and nanochat 0.004 for its head.",
            ko="Muon에만 씁니다. 임베딩, 출력층, 정규화, 편향을 학습하는 AdamW의 학습률입니다. 비워 두면 학습률의 10분의 1입니다. "
            "학습률 0.02에 Jordan 2024는 0.0003을, nanochat의 출력층은 0.004를 씁니다.",
        ),
        only_with=OnlyWith("optimizer", ("Muon",)),
        gt=0,
        le=1000,
    )
    betas: Annotated[tuple[float, float], BeforeValidator(read_betas)] = DEFAULT_BETAS
    """How slowly Adam's two running means move. A form shows it as a group; see ``section_fields``."""
    eps: float = described(
        1e-8,
        title=Text(en="Epsilon", ko="엡실론"),
        help=Text(
            en="Added where AdamW and Adam divide by the size of the gradients, so that they never divide by zero.",
            ko="AdamW와 Adam이 기울기의 크기로 나눌 때 더하는 값으로, 0으로 나누는 일을 막습니다.",
        ),
        only_with=WITH_MEANS,
        gt=0,
        le=1,
    )
    momentum: float = described(
        0.95,
        title=Text(en="Momentum", ko="관성"),
        help=Text(
            en="Only SGD and Muon: the share of the last step's direction that goes on. SGD usually takes 0.9, Muon 0.95.",
            ko="SGD와 Muon에만 씁니다. 지난 스텝의 방향을 이어 가는 비율입니다. SGD는 보통 0.9, Muon은 0.95입니다.",
        ),
        only_with=OnlyWith("optimizer", ("SGD", "Muon")),
        ge=0,
        lt=1,
    )
    weight_decay: float = described(
        0.1,
        title=Text(en="Weight decay", ko="가중치 감쇠"),
        help=Text(
            en="Pulls matrices towards zero at each step, apart from the gradient: by learning rate times decay of what they "
            "are. Norms and biases are left alone. To the higher learning rates of SGD and Muon 0.01 and less fits better. Adam "
            "has none.",
            ko="스텝마다 행렬을 기울기와 따로 0 쪽으로 당깁니다. 학습률과 감쇠를 곱한 비율만큼 줄입니다. 정규화와 편향은 건드리지 않습니다. "
            "학습률이 높은 SGD와 Muon에는 0.01 이하가 더 알맞습니다. Adam에는 없습니다.",
        ),
        only_with=OnlyWith("optimizer", ("AdamW", "SGD", "Muon")),
        ge=0,
        le=100,
    )
    grad_clip: float = described(
        1.0,
        title=Text(en="Gradient clipping", ko="기울기 자르기"),
        help=Text(
            en="A gradient longer than this is shortened to it. 0 switches it off. Source: Pascanu et al. 2013.",
            ko="기울기의 길이가 이보다 길면 이 길이로 줄입니다. 0이면 끕니다. 출처: Pascanu 외 2013.",
        ),
        ge=0,
        le=1e6,
    )
    label_smoothing: float = described(
        0.0,
        title=Text(en="Label smoothing", ko="레이블 스무딩"),
        help=Text(
            en="The share of the right token's probability that training spreads over all tokens, against being too sure. "
            "Only the training loss has it. Source: Szegedy et al. 2016; the transformer's paper takes 0.1.",
            ko="정답 토큰의 확률에서 모든 토큰에 나누어 주는 비율로, 지나친 확신을 막습니다. 학습 손실에만 씁니다. "
            "출처: Szegedy 외 2016. 트랜스포머 논문은 0.1을 씁니다.",
        ),
        ge=0,
        lt=1,
    )
    dropout: float | None = described(
        None,
        title=Text(en="Dropout", ko="드롭아웃"),
        help=Text(
            en="Takes the place of every dropout of the design for this training. Empty: as the design says. "
            "Source: Srivastava et al. 2014.",
            ko="이번 학습에서 설계에 있는 모든 드롭아웃을 이 값으로 바꿉니다. 비워 두면 설계를 따릅니다. 출처: Srivastava 외 2014.",
        ),
        ge=0,
        lt=1,
    )

    @classmethod
    def section_fields(cls) -> list[dict[str, Any]]:
        """The section's own fields as a form needs them, the betas as a group."""
        fields = super().section_fields()
        names = [field["name"] for field in fields]
        fields.insert(names.index("eps"), {**betas_group(), "section": cls.section})
        return fields
