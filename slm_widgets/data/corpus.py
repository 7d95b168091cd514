"""A corpus: a named text to learn from, and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from slm_widgets.errors import ConfigError, CorpusError
from slm_widgets.language import say


@dataclass(frozen=True)
class Corpus:
    """A text to learn from.

    Text of your own is handed over by name: ``Corpus(name="my-poems", text=poems)``.

    Args:
        name: What the corpus is called in figures and run folders.
        text: All of it.
        language: ``"en"``, ``"ko"``, or None where it is not known.
        entropy_floor: The loss in nats per character that no model can beat, where the language's entropy is known.
        separator: What every document ends with; None where the text is not made of documents.
        source: The file that ``load_corpus`` read the text from, None for any other. The same text from elsewhere is the same
            corpus.

    Raises:
        CorpusError: The text is empty, not a text, or holds halves of characters, which no file can.
    """

    name: str
    text: str = field(repr=False)  # a notebook that shows a corpus should not show a megabyte
    language: str | None = None
    entropy_floor: float | None = None
    separator: str | None = None
    source: Path | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            kind = type(self.text).__name__
            raise CorpusError(
                say(
                    en=f"The corpus {self.name!r} was given a {kind} as its text. Hand over a str.",
                    ko=f"말뭉치 {self.name!r}의 text가 {kind}입니다. 문자열(str)을 주세요.",
                )
            )
        try:
            self.text.encode()
        except UnicodeEncodeError as error:
            half = f"\\u{ord(self.text[error.start]):04x}"
            raise CorpusError(
                say(
                    en=f"The corpus {self.name!r} holds half of a character ({half}, a lone surrogate) at place "
                    f'{error.start:,}, which cannot be saved. Read the text again with encoding="utf-8", or take the halves '
                    'out: text.encode("utf-8", "ignore").decode("utf-8").',
                    ko=f"말뭉치 {self.name!r}의 {error.start:,}번째 자리에 문자의 반쪽({half}, 짝 없는 서로게이트)이 있어 저장할 수 "
                    '없습니다. encoding="utf-8"로 글을 다시 읽거나 text.encode("utf-8", "ignore").decode("utf-8")로 빼세요.',
                )
            ) from error
        if not self.text.strip():
            raise CorpusError(
                say(
                    en=f"The corpus {self.name!r} is empty: there is nothing to learn from. Give it some text, or take a "
                    'built-in one such as "tiny-tales-en".',
                    ko=f"말뭉치 {self.name!r}이(가) 비어 있어 배울 것이 없습니다. 글을 넣거나 "
                    '"tiny-tales-ko" 같은 내장 말뭉치를 쓰세요.',
                )
            )

    def __len__(self) -> int:
        """The number of characters."""
        return len(self.text)

    def split(self, validation_fraction: float = 0.1) -> tuple[str, str]:
        """Cuts the text in two: the first part trains, the last part validates, and no document lies in both.

        Args:
            validation_fraction: The share of the characters that validates, between 0 and 1. Where the documents are known,
                the cut moves on to the next border between two of them.

        Returns:
            The training text and the validation text; put together they are the whole.

        Raises:
            ConfigError: The share is not between 0 and 1.
        """
        if not 0 < validation_fraction < 1:
            raise ConfigError(
                say(
                    en=f"validation_fraction is {validation_fraction}. It must lie between 0 and 1: 0.1 keeps a tenth of the "
                    "text for validation.",
                    ko=f"validation_fraction이 {validation_fraction}입니다. 0과 1 사이여야 합니다. 0.1이면 글의 10분의 1을 "
                    "검증에 씁니다.",
                ),
                field="validation_fraction",
            )
        cut = int(len(self.text) * (1 - validation_fraction))
        if self.separator:
            cut = self._border(cut, self.separator)
        return self.text[:cut], self.text[cut:]

    def _border(self, cut: int, separator: str) -> int:
        # A separator that straddles the cut counts as the next one.
        after = self.text.find(separator, max(0, cut - len(separator))) + len(separator)
        if len(separator) <= after < len(self.text):
            return after
        # The last document begins before the cut: it validates alone, and where it is the only one it is cut in two.
        before = self.text.rfind(separator, 0, cut) + len(separator)
        return before if before >= len(separator) else cut
