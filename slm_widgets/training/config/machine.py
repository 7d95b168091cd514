"""How the machine computes."""

from __future__ import annotations

from typing import Literal

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.training.config.section import Section
from slm_widgets.training.devices import DEVICE_TITLES

_AUTO = Text(en="automatic", ko="자동")


class MachineSettings(Section):
    """Speed, memory, and repeatable results."""

    section = "machine"
    section_title = Text(en="Machine", ko="계산")

    device: Literal["auto", "cpu", "cuda", "mps"] = described(
        "auto",
        title=Text(en="Device", ko="장치"),
        help=Text(
            en="What computes. auto takes a graphics processor where there is one.",
            ko="계산하는 장치입니다. auto는 그래픽 처리 장치가 있으면 그것을 씁니다.",
        ),
        choices=DEVICE_TITLES,
    )
    precision: Literal["auto", "fp32", "bf16", "fp16"] = described(
        "auto",
        title=Text(en="Precision", ko="정밀도"),
        help=Text(
            en="How exactly products are computed; the weights themselves stay in 32 bits. bf16 and fp16 take 16 bits, faster "
            "where the machine has instructions for them. auto measures and chooses. Source: Micikevicius et al. 2018.",
            ko="곱셈을 얼마나 정확하게 계산할지 정합니다. 가중치 자체는 32비트로 둡니다. bf16과 fp16은 16비트이며, 그 명령이 있는 "
            "장치에서 더 빠릅니다. auto는 재 보고 고릅니다. 출처: Micikevicius 외 2018.",
        ),
        choices={
            "auto": _AUTO,
            "fp32": Text(en="32 bits (fp32)", ko="32비트 (fp32)"),
            "bf16": Text(en="16 bits (bf16)", ko="16비트 (bf16)"),
            "fp16": Text(en="16 bits (fp16, scaled)", ko="16비트 (fp16, 크기 조정)"),
        },
    )
    compile: Literal["auto", "on", "off"] = described(
        "auto",
        title=Text(en="Compile", ko="컴파일"),
        help=Text(
            en="Lets torch.compile write code for this very model: a minute or so before the first step, then faster. "
            "auto does it where it pays.",
            ko="torch.compile로 이 모델에 맞는 코드를 만듭니다. 첫 스텝 전에 1분쯤 걸리고, 그 뒤로 빨라집니다. "
            "auto는 이득일 때만 합니다.",
        ),
        choices={"auto": _AUTO, "on": Text(en="on", ko="켬"), "off": Text(en="off", ko="끔")},
    )
    gradient_checkpointing: bool = described(
        False,
        title=Text(en="Gradient checkpointing", ko="기울기 체크포인트"),
        help=Text(
            en="Forgets what happened inside the layers and computes it again on the way back: much less memory, about a "
            "third slower. Source: Chen et al. 2016.",
            ko="레이어 안의 중간 값을 버리고 역전파할 때 다시 계산합니다. 메모리를 훨씬 덜 쓰지만 3분의 1쯤 느려집니다. 출처: Chen 외 2016.",
        ),
    )
    seed: int = described(
        0,
        title=Text(en="Seed", ko="시드"),
        help=Text(
            en="The same seed gives the same first weights, the same order of windows and so the same training.",
            ko="시드가 같으면 첫 가중치와 조각의 순서가 같아 학습도 같습니다.",
        ),
        ge=0,
        lt=2**63,
    )
    deterministic: bool = described(
        False,
        title=Text(en="Strictly repeatable", ko="엄격한 재현"),
        help=Text(
            en="Only computes in ways that give the same bits each time, on a graphics processor too; some of them are slower.",
            ko="그래픽 처리 장치에서도 매번 비트까지 같은 결과가 나오는 방법으로만 계산합니다. 느려지는 경우도 있습니다.",
        ),
    )
