"""Transformer block: a group of layers, repeated."""

from __future__ import annotations

from slm_widgets.fields import described
from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import MOST_REPEATS


class TransformerBlock(Layer):
    """Repeats its children, each repeat with weights of its own."""

    type = "transformerBlock"
    title = Text(en="Block", ko="트랜스포머 블록")
    group = "block"
    summary = Text(en="Repeats the layers inside it.", ko="안에 든 레이어들을 반복합니다.")
    help = Text(
        en="The layers inside are run one after another, then again, as often as you say; each repeat has weights of its "
        'own. A residual inside refers to this repeat\'s layers; "<block id>:in" is what came into this repeat.\n'
        "Try: four narrow blocks against two wide ones with the same number of parameters.",
        ko="안에 든 레이어들을 차례로 거치고, 정한 횟수만큼 되풀이합니다. 반복마다 가중치가 따로 있습니다. 안쪽의 잔차 연결은 "
        '같은 반복 안의 레이어를 가리키며, "<블록 id>:in"은 이번 반복으로 들어온 값입니다.\n'
        "해 보기: 파라미터 수가 같을 때 좁은 블록 네 개와 넓은 블록 두 개를 비교해 보세요.",
    )
    formula = r"y = f_N(\ldots f_2(f_1(x)) \ldots)"
    letters = Text(
        en="f_n is the chain of layers inside with the weights of repeat n, N the number of repeats.",
        ko="f_n은 안에 든 레이어들을 n번째 반복의 가중치로 차례로 거치는 것이고, N은 반복 횟수입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.1", "Vaswani et al. 2017, 3.1절"),
        Paper(
            "https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf",
            "Radford et al. 2019 (GPT-2), for the norm-first order",
            "Radford et al. 2019 (GPT-2): 정규화를 앞에 두는 순서",
        ),
    )
    container = True
    starts_with = {"numOfBlocks": 2}

    num_of_blocks: int = described(
        1,
        title=Text(en="Repeats", ko="반복 횟수"),
        help=Text(en="How often the layers inside are stacked.", ko="안에 든 레이어들을 몇 번 쌓을지 정합니다."),
        ge=1,
        le=MOST_REPEATS,
    )
