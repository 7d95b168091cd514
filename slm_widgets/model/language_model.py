"""The model: a design that runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from slm_widgets.errors import GenerationError
from slm_widgets.language import say
from slm_widgets.layers.place import SOURCE
from slm_widgets.model.chain import Link, Repeat, Wired
from slm_widgets.model.head_loss import head_loss
from slm_widgets.model.head_scores import head_scores
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


@dataclass(frozen=True)
class Sizes:
    """What a design says of the whole model.

    Args:
        vocab_size: V.
        context_length: The longest text in tokens, or None where nothing limits it.
        reads_source: Whether it reads a source text beside its own (an encoder-decoder).
        source_length: The longest source text, or None where nothing limits it.
    """

    vocab_size: int
    context_length: int | None = None
    reads_source: bool = False
    source_length: int | None = None


class LanguageModel(Wired):
    """A design that runs: token ids in, a score for every possible next token out. Its layers are its children, by their ids.

    Shape:
        ids (B, T) int64, source (B, S) int64 for an encoder-decoder -> logits (B, T, V)

    Args:
        stack: The drawing.
        links: The wiring of its layers.
        modules: Their modules, in the same order.
        sizes: Facts about the whole.
    """

    def __init__(self, stack: LayerStack, links: Sequence[Link], modules: Sequence[nn.Module], sizes: Sizes) -> None:
        super().__init__(links, modules)
        self.stack = stack
        self.vocab_size = sizes.vocab_size
        self.context_length = sizes.context_length
        self.reads_source = sizes.reads_source
        self.source_length = sizes.source_length
        # Looked for once: walking over all modules takes as long as some of their work, and every step would.
        self._balanced = [module for module in self.modules() if hasattr(module, "balance_loss")]

    def forward(self, ids: Tensor, source: Tensor | None = None, cache: Cache | None = None) -> Tensor:
        """Scores the next token after each one.

        Args:
            ids: Token ids, (B, T) int64; with a cache the newest ones only.
            source: The text that an encoder-decoder reads beside it, (B, S) int64; with a cache only the first call needs it.
            cache: From ``new_cache``; it takes the tokens in.

        Returns:
            Logits, (B, T, V).

        Raises:
            GenerationError: when a text is longer than the model reads, or the source is missing or not wanted.
        """
        T = ids.size(1)
        seen = 0 if cache is None else cache.seen
        self._check_length(seen + T, self.context_length if cache is None else cache.max_tokens)
        kept = self._kept(source, needed=seen == 0)
        logits = self.run(ids, kept, None if cache is None else cache.memory)  # (B, T, V)
        if cache is not None:
            cache.seen += T
        return logits

    def hidden(self, ids: Tensor, source: Tensor | None = None) -> Tensor:
        """What flows into the last layer, (B, T, C); the arguments are those of ``forward``."""
        self._check_length(ids.size(1), self.context_length)
        return self.run(ids, self._kept(source, needed=True), links=self.links[:-1])

    def loss(self, ids: Tensor, targets: Tensor, source: Tensor | None = None, label_smoothing: float = 0.0) -> Tensor:
        """The mean cross entropy of the next tokens, in nats per token.

        In training mode it holds what mixtures of experts add for spreading the tokens (their ``balance_loss``).
        Where the last layer is a plain matrix the (B·T, V) scores are never held at once. An encoder-decoder without a source
        is trained to go on: its encoder reads the first half of each text (or as much as it can), its decoder continues (prefix
        language modelling, Raffel et al. 2020, section 3.2.3).

        Args:
            ids: Token ids, (B, T) int64.
            targets: The token after each, (B, T) int64; -100 where none is asked for.
            source: The source text of an encoder-decoder, (B, S) int64.
            label_smoothing: The share of the target's probability that is spread over all tokens.

        Returns:
            A scalar.
        """
        ids, targets, source = self._asked(ids, targets, source)
        loss = head_loss(*self._before_head(ids, source), targets, label_smoothing)
        asked: list[Any] = [module.balance_loss for module in self._balanced] if self.training else []
        return sum((balance for balance in asked if balance is not None), start=loss)

    def scored(self, ids: Tensor, targets: Tensor, source: Tensor | None = None) -> Iterator[tuple[Tensor, Tensor]]:
        """The scores that ``loss`` is the mean over, a few positions at a time; the arguments are those of ``loss``.

        Yields:
            Logits (n, V), float32 or better and free to be overwritten, and their targets (n,).
        """
        ids, targets, source = self._asked(ids, targets, source)
        return head_scores(*self._before_head(ids, source), targets)

    def recompute_blocks(self, wanted: bool = True) -> None:
        """Chooses whether training forgets what happens inside repeated blocks and computes it again for the gradient.

        The numbers stay the same. It takes far less memory and about a third more time (gradient checkpointing).
        """
        for module in self.modules():
            if isinstance(module, Repeat):
                module.recomputes = wanted

    @property
    def can_cache(self) -> bool:
        """Whether earlier tokens stay as they are when new ones come: true unless some layer looks ahead."""
        return not self.looks_ahead

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
        return Cache(self.new_memory(batch_size, room, next(self.parameters())), room)

    def _asked(self, ids: Tensor, targets: Tensor, source: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        """The ids, targets and source of a loss: an encoder-decoder without a source parts each text in two."""
        if not self.reads_source or source is not None:
            return ids, targets, source
        # The decoder's first token is the encoder's last: so it is, too, when a prompt is continued.
        half = max(min(ids.size(1) // 2, self.source_length or ids.size(1)), 1)
        return ids[:, half - 1 :], targets[:, half - 1 :], ids[:, :half]

    def _before_head(self, ids: Tensor, source: Tensor | None) -> tuple[nn.Module, Tensor]:
        """The last layer and what flows into it; where other layers reach into it, nothing is left to do behind the scores."""
        last = self.links[-1]
        head = getattr(self, last.name)
        if last.reads is not None or last.sources or isinstance(head, Repeat):
            return nn.Identity(), self(ids, source)
        return head, self.hidden(ids, source)

    def _check_length(self, length: int, limit: int | None) -> None:
        if limit is not None and length > limit:
            raise GenerationError(
                say(
                    en=f"The text has {length} tokens, but this model reads at most {limit}. Give it the last {limit}.",
                    ko=f"글은 {length}토큰인데 이 모델은 최대 {limit}토큰을 읽습니다. 마지막 {limit}토큰만 주세요.",
                ),
                field="context_length",
            )

    def _kept(self, source: Tensor | None, needed: bool) -> dict[str, Tensor]:
        if source is not None and not self.reads_source:
            raise GenerationError(
                say(
                    en="This model reads no source text. Call model(ids) without one, or draw a sourceText layer.",
                    ko="이 모델은 원문(source)을 읽지 않습니다. model(ids)로 부르거나 sourceText 레이어를 넣으세요.",
                ),
                field="source",
            )
        if source is None:
            if self.reads_source and needed:
                raise GenerationError(
                    say(
                        en="This model reads a source text beside its own: model(ids, source), both (B, tokens) of int64.",
                        ko="이 모델은 글과 함께 원문(source)도 읽습니다. 둘 다 (B, 토큰) int64로 model(ids, source)처럼 부르세요.",
                    ),
                    field="source",
                )
            return {}
        self._check_length(source.size(1), self.source_length)
        return {SOURCE: source}
