"""The model: a design that runs."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from slm_widgets.errors import GenerationError
from slm_widgets.language import say
from slm_widgets.layers.attention import Attention
from slm_widgets.model.chain import Chain
from slm_widgets.stack.document import LayerStack


class Cache:
    """What a model remembers of the tokens it was shown, so that generating looks at each token once.

    Args:
        memory: One entry for every layer that looks back.
        max_tokens: How many tokens fit.
    """

    def __init__(self, memory: dict[str, Any], max_tokens: int) -> None:
        self.memory = memory
        self.max_tokens = max_tokens
        self.seen = 0


class LanguageModel(nn.Module):
    """A design that runs: token ids in, a score for every possible next token out.

    Shape:
        ids (B, T) int64 -> logits (B, T, V)

    Args:
        stack: The drawing.
        body: Its layers.
        vocab_size: V.
        context_length: The longest text in tokens, or None where nothing limits it.
    """

    def __init__(self, stack: LayerStack, body: Chain, vocab_size: int, context_length: int | None) -> None:
        super().__init__()
        self.stack = stack
        self.body = body
        self.vocab_size = vocab_size
        self.context_length = context_length

    def forward(self, ids: Tensor, cache: Cache | None = None) -> Tensor:
        """Scores the next token after each one.

        Args:
            ids: Token ids, (B, T) int64; with a cache the newest ones only.
            cache: From ``new_cache``; it takes the tokens in.

        Returns:
            Logits, (B, T, V).

        Raises:
            GenerationError: when the text is longer than the model's context.
        """
        T = ids.size(1)
        seen = 0 if cache is None else cache.seen
        limit = self.context_length if cache is None else cache.max_tokens
        if limit is not None and seen + T > limit:
            raise GenerationError(
                say(
                    en=f"The text has {seen + T} tokens, but this model reads at most {limit}. Give it the last {limit}.",
                    ko=f"글은 {seen + T}토큰인데 이 모델은 최대 {limit}토큰을 읽습니다. 마지막 {limit}토큰만 주세요.",
                ),
                field="context_length",
            )
        logits = self.body(ids, {}, None if cache is None else cache.memory)  # (B, T, V)
        if cache is not None:
            cache.seen += T
        return logits

    @property
    def can_cache(self) -> bool:
        """Whether earlier tokens stay as they are when new ones come: true unless some attention is not causal."""
        return all(module.causal for module in self.modules() if isinstance(module, Attention))

    def new_cache(self, batch_size: int = 1, max_tokens: int | None = None) -> Cache:
        """An empty cache for ``batch_size`` texts.

        Args:
            batch_size: B.
            max_tokens: How many tokens fit; None for the model's context length.

        Raises:
            GenerationError: for a model whose attention is not causal, or when neither gives a length.
        """
        room = max_tokens if max_tokens is not None else self.context_length
        if not self.can_cache or room is None:
            raise GenerationError(
                say(
                    en="This model cannot keep a cache: its attention is not causal, or no context length is known.",
                    ko="이 모델은 캐시를 쓸 수 없습니다. 어텐션이 인과적이지 않거나 문맥 길이를 알 수 없습니다.",
                ),
                field="cache",
            )
        if self.context_length is not None:
            room = min(room, self.context_length)
        return Cache(self.body.new_memory(batch_size, room, next(self.parameters())), room)
