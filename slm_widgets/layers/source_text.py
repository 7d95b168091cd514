"""Source text: where the encoder half of an encoder-decoder starts."""

from __future__ import annotations

from torch import Tensor, nn

from slm_widgets.language import Text
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.layer import Layer
from slm_widgets.layers.place import SOURCE, Flow, Place


class SourceText(Layer):
    """Lets a second text in: from here on the source flows, until a layer reads the text itself again."""

    type = "sourceText"
    palette_rank = 90
    title = Text(en="Source text", ko="원문")
    group = "embedding"
    summary = Text(en="The text that the encoder half reads.", ko="인코더가 읽는 글입니다.")
    help = Text(
        en="An encoder-decoder reads two texts: the encoder the whole source (a sentence to translate, the beginning of a story), "
        "the decoder what it has written so far. Below this layer the source flows, S tokens long. The decoder starts with a token "
        'embedding that reads from "<this id>:in", the text itself, and looks at the encoder through cross-attention.\n'
        "Try: train the encoder-decoder preset and a decoder of the same size on one text. Trained without sources of its own, "
        "the encoder reads the first half of each text and the decoder goes on.",
        ko="인코더-디코더는 글 두 개를 읽습니다. 인코더는 원문 전체(번역할 문장, 이야기의 앞부분)를, 디코더는 지금까지 쓴 글을 읽습니다. "
        '이 레이어 아래로는 길이 S인 원문이 흐릅니다. 디코더는 "<이 id>:in", 곧 글 자체를 읽는 토큰 임베딩으로 시작하고, '
        "교차 어텐션으로 인코더를 봅니다.\n"
        "해 보기: 인코더-디코더 프리셋과 같은 크기의 디코더를 같은 글로 학습해 보세요. 원문을 따로 주지 않으면 인코더가 글의 앞 절반을 읽고 "
        "디코더가 이어 씁니다.",
    )
    formula = r"y = \operatorname{decoder}(x, \operatorname{encoder}(s))"
    letters = Text(
        en="s is the source text, x the text written so far, y the scores for the next token; in code model(ids, source).",
        ko="s는 원문, x는 지금까지 쓴 글, y는 다음 토큰의 점수입니다. 코드로는 model(ids, source)입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1706.03762", "Vaswani et al. 2017, section 3.1", "Vaswani et al. 2017, 3.1절"),
        Paper(
            "https://arxiv.org/abs/1910.10683",
            "Raffel et al. 2020, section 3.2.3 (going on as training)",
            "Raffel et al. 2020, 3.2.3절 (이어 쓰기로 학습하기)",
        ),
    )
    reads = "tokens"
    gives_length = "S"

    def sources(self) -> tuple[str, ...]:
        return (SOURCE,)

    def outgoing(self, place: Place) -> Flow:
        return Flow("tokens")

    def module(self, place: Place) -> nn.Module:
        return TakeSource()


class TakeSource(nn.Module):
    """(B, T) and (B, S) -> (B, S): the second text."""

    def forward(self, ids: Tensor, source: Tensor) -> Tensor:
        return source
