"""Writing text with a model: token by token, each with the probability it was drawn with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from slm_widgets.errors import GenerationError, TokenizerError
from slm_widgets.language import Text, say
from slm_widgets.model import LanguageModel

_HALF_CHARACTER = "\ufffd"


@dataclass(frozen=True)
class Token:
    """One generated token.

    Args:
        id: Its number in the vocabulary.
        probability: With which it was drawn, after temperature, top-k and top-p.
        text: What it adds to the text; empty while a character of several tokens is not yet complete.
    """

    id: int
    probability: float
    text: str


def generate(
    run_or_model: Any,
    prompt: str = "",
    max_new_tokens: int = 100,
    temperature: float = 0.8,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
    tokenizer: Any = None,
) -> str:
    """Continues a prompt.

    Args:
        run_or_model: A run, or a model (then ``tokenizer`` is needed).
        prompt: The beginning; empty starts from a line break or the end-of-text token.
        max_new_tokens: How many tokens to add.
        temperature: 0 always takes the likeliest token; 1 draws as the model says; above, wilder.
        top_k: Draw among the k likeliest only.
        top_p: Draw among the likeliest tokens that together hold this probability.
        seed: The same seed gives the same text; None a new one each time.
        tokenizer: For a bare model.

    Returns:
        The prompt and its continuation.

    Raises:
        GenerationError: for a setting outside what is allowed.
        TokenizerError: for a prompt with characters that the vocabulary lacks.
    """
    if not isinstance(run_or_model, LanguageModel) and not hasattr(run_or_model, "model"):
        given = type(run_or_model).__name__
        raise GenerationError(
            say(
                en=f"A {given} cannot write. Pass a run (from slm.train or slm.load_run), or a model.",
                ko=f"{given} 객체로는 글을 쓸 수 없습니다. slm.train이나 slm.load_run의 실행(run), 또는 모델을 주세요.",
            ),
            field="run_or_model",
        )
    model = run_or_model if isinstance(run_or_model, LanguageModel) else run_or_model.model
    if model is None:
        raise GenerationError(
            say(
                en="This run has no model yet. Wait until it has trained, or stop it.",
                ko="이 실행에는 아직 모델이 없습니다. 학습이 끝나기를 기다리거나 멈추세요.",
            )
        )
    tokenizer = tokenizer if tokenizer is not None else getattr(run_or_model, "tokenizer", None)
    if tokenizer is None:
        raise GenerationError(
            say(
                en="A bare model does not know how to spell. Pass tokenizer=..., or a run instead of a model.",
                ko="모델만으로는 글자를 알 수 없습니다. tokenizer=...를 주거나, 모델 대신 실행(run)을 주세요.",
            ),
            field="tokenizer",
        )
    if not hasattr(tokenizer, "end_of_text_id"):
        raise GenerationError(
            say(
                en=f"tokenizer is a {type(tokenizer).__name__}, but one of slm_widgets' is needed: that of a run (run.tokenizer), or "
                'slm.load_tokenizer("char", corpus), "byte", "gpt2", or a folder of one.',
                ko=f"tokenizer로 {type(tokenizer).__name__} 객체를 주었는데 slm_widgets의 토크나이저가 필요합니다. run.tokenizer, "
                'slm.load_tokenizer("char", corpus), "byte", "gpt2", 또는 토크나이저 폴더를 쓰세요.',
            ),
            field="tokenizer",
        )
    tokens = stream(model, tokenizer, prompt, max_new_tokens, temperature, top_k, top_p, seed)
    return prompt + "".join(token.text for token in tokens)


def stream(
    model: LanguageModel,
    tokenizer: Any,
    prompt: str = "",
    max_new_tokens: int = 100,
    temperature: float = 0.8,
    top_k: int | None = None,
    top_p: float | None = None,
    seed: int | None = None,
) -> Iterator[Token]:
    """Yields the tokens of a continuation one by one; ``generate`` says what the arguments mean.

    Everything is checked before the first token, when it is called rather than when it is first read from.
    """
    _check(max_new_tokens, temperature, top_k, top_p, seed)
    ids = tokenizer.encode(prompt) if prompt else _beginning(tokenizer)
    return _tokens(model, tokenizer, ids, max_new_tokens, temperature, top_k, top_p, seed)


@torch.no_grad()
def _tokens(
    model: LanguageModel,
    tokenizer: Any,
    ids: Tensor,
    max_new_tokens: int,
    temperature: float,
    top_k: int | None,
    top_p: float | None,
    seed: int | None,
) -> Iterator[Token]:
    device = next(model.parameters()).device
    # Drawn on the CPU: the same seed gives the same text on every device.
    generator = torch.Generator().manual_seed(seed) if seed is not None else torch.Generator()
    if seed is None:
        generator.seed()
    text = Spelling(tokenizer)
    ids = ids.to(device)[None]  # (1, T)
    reader = _Reader(model, ids, max_new_tokens)
    for count in range(1, max_new_tokens + 1):
        logits = reader.next_logits().float().cpu()  # (V,)
        chances = probabilities(logits, temperature, top_k, top_p)
        chosen = int(torch.multinomial(chances, 1, generator=generator))
        reader.append(chosen)
        words = text.add(chosen)
        if count == max_new_tokens:
            words += text.rest()  # a character that stayed unfinished
        yield Token(chosen, float(chances[chosen]), words)


class _Reader:
    """Shows a model a growing text: with a cache while it fits, the last ``context_length`` tokens afterwards."""

    def __init__(self, model: LanguageModel, ids: Tensor, max_new_tokens: int) -> None:
        self.source = None
        if model.reads_source:
            # The encoder reads the prompt, the decoder goes on from its last token: as it was trained.
            self.source = ids if model.source_length is None else ids[:, -model.source_length :]
            ids = ids[:, -1:]
        self.model, self.ids = model, ids
        self.limit = model.context_length
        room = ids.size(1) + max_new_tokens
        # Within the context every token keeps its place, so a cache gives just what reading all anew would give.
        fits = self.limit is None or ids.size(1) <= self.limit
        self.cache = model.new_cache(1, room) if fits and model.can_cache else None

    def append(self, chosen: int) -> None:
        """Adds a token to the text."""
        self.ids = torch.cat((self.ids, self.ids.new_tensor([[chosen]])), dim=1)

    def next_logits(self) -> Tensor:
        """The scores of the next token, (V,)."""
        if not self.model.training:
            return self._read()[0, -1]
        self.model.eval()
        try:
            return self._read()[0, -1]
        finally:
            self.model.train()

    def _read(self) -> Tensor:
        if self.cache is not None and self.ids.size(1) <= self.cache.max_tokens:
            return self.model(self.ids[:, self.cache.seen :], self.source, self.cache)
        self.cache = None
        return self.model(self.ids if self.limit is None else self.ids[:, -self.limit :], self.source)


def probabilities(logits: Tensor, temperature: float, top_k: int | None = None, top_p: float | None = None) -> Tensor:
    """The chances of the next token, (V,) -> (V,), summing to 1.

    Source: Fan et al. 2018 (top-k); Holtzman et al. 2020 (top-p, the smallest set that holds at least p).
    """
    if temperature == 0:
        return torch.zeros_like(logits).index_fill_(0, logits.argmax(), 1.0)
    logits = logits / temperature
    if top_k is not None and top_k < logits.numel():
        logits = logits.masked_fill(logits < logits.topk(top_k).values[-1], float("-inf"))
    chances = logits.softmax(dim=-1)
    if top_p is not None and top_p < 1:
        ordered, order = chances.sort(descending=True)
        # A token is left out when those before it already hold p.
        chances[order[ordered.cumsum(0) - ordered >= top_p]] = 0.0
        chances /= chances.sum()
    return chances


class Spelling:
    """Turns tokens into text as they come; holds back a character until all of its bytes are there.

    Args:
        tokenizer: Whose ``decode`` writes U+FFFD for an incomplete character.
    """

    def __init__(self, tokenizer: Any) -> None:
        self.tokenizer = tokenizer
        self.pending: list[int] = []

    def add(self, token_id: int) -> str:
        """The text that this token completes, empty while a character is unfinished."""
        self.pending.append(token_id)
        text = self.tokenizer.decode(self.pending)
        if not text.endswith(_HALF_CHARACTER):
            self.pending = []
            return text
        if len(self.pending) < 4:
            return ""
        # No character of UTF-8 has more than four bytes: the oldest of four broken tokens begins none.
        oldest, self.pending = self.pending[:1], self.pending[1:]
        return self.tokenizer.decode(oldest)

    def rest(self) -> str:
        """What was held back, at the end."""
        return self.tokenizer.decode(self.pending) if self.pending else ""


def _beginning(tokenizer: Any) -> Tensor:
    """Where an empty prompt starts: the end-of-text token, a line break, or the first token there is."""
    if tokenizer.end_of_text_id is not None:
        return torch.tensor([tokenizer.end_of_text_id])
    try:
        return tokenizer.encode("\n")
    except TokenizerError:
        return torch.tensor([0])


def _check(max_new_tokens: int, temperature: float, top_k: int | None, top_p: float | None, seed: int | None) -> None:
    whole, number = Text(en="a whole number ≥ 1", ko="1 이상의 정수"), Text(en="a number ≥ 0", ko="0 이상의 수")
    share = Text(en="a number > 0 and ≤ 1, or None", ko="0보다 크고 1 이하인 수, 또는 None")
    any_whole = Text(en="a whole number, or None", ko="정수, 또는 None")
    rules = [
        ("max_new_tokens", max_new_tokens, _is_whole(max_new_tokens) and max_new_tokens >= 1, whole),
        ("temperature", temperature, _is_number(temperature) and temperature >= 0, number),
        ("top_k", top_k, top_k is None or (_is_whole(top_k) and top_k >= 1), whole),
        ("top_p", top_p, top_p is None or (_is_number(top_p) and 0 < top_p <= 1), share),
        ("seed", seed, seed is None or (_is_whole(seed) and -(2**63) <= seed < 2**63), any_whole),
    ]
    for name, value, fine, wanted in rules:
        if not fine:
            raise GenerationError(
                say(
                    en=f"{name} is {value!r}, but it must be {wanted}.",
                    ko=f"{name} 값이 {value!r}입니다. 넣을 수 있는 값: {wanted}.",
                ),
                field=name,
            )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
