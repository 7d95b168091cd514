"""What the walk finds wrong, in words: problems that no layer can see by itself, because they lie between layers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from slm_widgets.language import say
from slm_widgets.layers import Flow, Layer, Place, Problem
from slm_widgets.stack.guess import Guess


def no_layer() -> Problem:
    """The design is empty."""
    text = say(
        en="The design is empty. Start with a token embedding.",
        ko="설계가 비어 있습니다. 토큰 임베딩부터 시작하세요.",
    )
    return Problem(None, None, "error", text)


def empty_block(block: str) -> Problem:
    """A block without layers; it can be built, and does nothing."""
    text = say(
        en="The block is empty; it passes on what comes in. Drag layers into it.",
        ko="블록이 비어 있어 들어온 것을 그대로 내보냅니다. 레이어를 끌어다 넣으세요.",
    )
    return Problem(block, None, "warning", text)


def unrepeatable(block: str, given: Flow, read: Flow) -> Problem:
    """What comes out of a repeat is not what the next one reads."""
    text = say(
        en=f"{given} comes out, but the next repeat reads {read}. Bring the last layer inside back to {read}, or repeat the block once.",
        ko=f"나오는 것은 {given}인데 다음 반복이 읽는 것은 {read}입니다. 마지막 레이어를 {read}에 맞추거나 블록을 한 번만 반복하세요.",
    )
    return Problem(block, "numOfBlocks", "error", text)


def wrong_output(layer: Layer, outgoing: Flow) -> Problem:
    """``outDim`` is said, and is not what comes out."""
    text = say(
        en=f"outDim is {layer.out_dim}, but {outgoing.width} channels come out. Leave outDim empty.",
        ko=f"outDim은 {layer.out_dim}인데 나오는 채널은 {outgoing.width}개입니다. outDim을 비워 두세요.",
    )
    return Problem(layer.id, "outDim", "error", text)


def no_scores(last: str, is_linear: bool, given: Flow, vocab_size: int, said: bool) -> Problem:
    """What comes out at the end is no score for each token of the vocabulary."""
    text = say(
        en=f"{given} comes out of the last layer, but a score for each of {vocab_size} tokens is needed. "
        "End with a linear layer whose output width is left empty.",
        ko=f"마지막 레이어에서 {given}이(가) 나오는데, 토큰 {vocab_size}개마다 점수가 하나씩 필요합니다. "
        "출력 폭을 비워 둔 선형 레이어로 끝내세요.",
    )
    problem = Problem(last, "outDim" if is_linear else None, "error", text)
    if not (said and given.length == "T"):
        return problem
    title = say(en="Leave the output width empty", ko="출력 폭 비워 두기")
    return replace(problem, mend={"outDim": None}, mend_title=title)


def adds_itself(layer: str) -> Problem:
    """What is added is what comes in."""
    text = say(
        en="It adds what comes in to itself, which only doubles it. Put layers between the source and here, choose another source, "
        "or delete it.",
        ko="들어온 것을 자기 자신에 더해 두 배로 만들 뿐입니다. 출발점과 이곳 사이에 레이어를 넣거나, 다른 출발점을 고르거나, 지우세요.",
    )
    return Problem(layer, "source", "warning", text)


def unread(layer: str, after: str, read: str) -> Problem:
    """Nobody reads what comes out of a layer."""
    text = say(
        en=f"Nothing reads what comes out of it: {after} below reads {read} instead.",
        ko=f"여기서 나오는 것을 아무도 읽지 않습니다. 아래의 {after} 레이어는 대신 {read}을(를) 읽습니다.",
    )
    return Problem(layer, None, "warning", text)


def unknown_reference(layer: str, field: str, reference: str, choices: str, is_below: bool) -> Problem:
    """A reference to a layer that is not there, or (``is_below``) does not come before."""
    if is_below:
        text = say(
            en=f"{field} is {reference}, which does not come before this layer here. Choose one of: {choices}.",
            ko=f"{field}이(가) {reference}인데, 이 레이어보다 앞에 있지 않습니다. 다음 중에서 고르세요: {choices}.",
        )
    else:
        text = say(
            en=f"{field} is {reference}, but there is no such layer. Choose one of: {choices}.",
            ko=f"{field}이(가) {reference}인데, 그런 레이어가 없습니다. 다음 중에서 고르세요: {choices}.",
        )
    return Problem(layer, field, "error", text)


def no_reference(layer: str, field: str, choices: str) -> Problem:
    """A reference that has to be there is not."""
    text = say(
        en=f"{field} is missing; it must be the id of a layer above. Choose one of: {choices}.",
        ko=f"{field} 값이 없습니다. 위에 있는 레이어의 id를 넣으세요. 다음 중에서 고르세요: {choices}.",
    )
    return Problem(layer, field, "error", text)


def reads(problem: Problem, reference: str | None) -> Problem:
    """The problem with an offer: let its field name ``reference``; None, the layer before."""
    title = (
        say(en="Read from the layer before", ko="바로 앞 레이어에서 읽기")
        if reference is None
        else say(en=f"Read {reference}", ko=f"{reference} 읽기")
    )
    mend: Mapping[str, Any] = {str(problem.field): reference}
    return replace(problem, mend=mend, mend_title=title)


def wrong_input(layer: Layer, place: Place) -> Problem | None:
    """Token ids where vectors are needed, or the other way round, or another width than the document says."""
    got = place.incoming
    if isinstance(got, Guess):
        return None
    if layer.reads != got.kind and not layer.container:
        if got.kind == "tokens":
            return layer.problem(
                None,
                en="Token ids come in here, not vectors. Put a token embedding before it.",
                ko="벡터가 아니라 토큰 번호가 들어옵니다. 앞에 토큰 임베딩을 넣으세요.",
            )
        return layer.problem(
            None,
            en=f"It reads token ids, but vectors ({got}) come in. Put it first.",
            ko=f"토큰 번호를 읽는 레이어인데 벡터({got})가 들어옵니다. 맨 앞에 두세요.",
        )
    if layer.in_dim is not None and got.width is not None and layer.in_dim != got.width:
        return layer.problem(
            "inDim",
            en=f"inDim is {layer.in_dim}, but {got.width} channels come in. Leave inDim empty, or change the layer above.",
            ko=f"inDim은 {layer.in_dim}인데 들어오는 채널은 {got.width}개입니다. inDim을 비워 두거나 위의 레이어를 바꾸세요.",
        )
    return None
