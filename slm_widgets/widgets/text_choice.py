"""The text and the tokenizer that a panel trains with: two menus, and what they choose, loaded when it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets

from slm_widgets.data import Corpus, Tokenizer, corpora, load_corpus, load_tokenizer
from slm_widgets.language import Text, say
from slm_widgets.widgets.border import set_tooltip

_TOKENIZERS = {
    "char": Text(en="char: a token is a character", ko="char: 글자 하나가 토큰"),
    "byte": Text(en="byte: a token is a byte", ko="byte: 바이트 하나가 토큰"),
    "gpt2": Text(en="gpt2: a token is a piece of a word", ko="gpt2: 낱말 조각이 토큰"),
}


class TextChoice:
    """Two menus: which text, which tokenizer.

    Args:
        corpus: What is chosen at first: a built-in name, a path (which joins the menu), or a Corpus.
        tokenizer: A name, a folder that one was saved to, or a Tokenizer.
        on_change: Called after each change by a person.
    """

    def __init__(self, corpus: Any, tokenizer: Any, on_change: Callable[[], object]) -> None:
        self._on_change = on_change
        self._is_speaking = False
        self._infos = {info.name: info for info in corpora()}
        self._corpora: dict[str, Any] = {name: name for name in self._infos}
        self._tokenizers: dict[str, Any] = {name: name for name in _TOKENIZERS}
        self._lock = threading.Lock()  # guards what follows
        self._loaded: tuple[Any, Corpus, Tokenizer] | None = None
        self.corpus_menu = ipywidgets.Dropdown(options=[""])
        self.tokenizer_menu = ipywidgets.Dropdown(options=[""])
        for menu in self.menus:
            menu.add_class("slm-field")
            menu.add_class("slm-wide")
        corpus_name, tokenizer_name = _join(self._corpora, corpus), _join(self._tokenizers, tokenizer)
        self.speak()
        self.corpus_menu.value, self.tokenizer_menu.value = corpus_name, tokenizer_name
        for menu in self.menus:
            menu.observe(self._changed, "value")
        self._explain()

    @property
    def menus(self) -> tuple[Any, Any]:
        """The two menus."""
        return self.corpus_menu, self.tokenizer_menu

    @property
    def chosen(self) -> tuple[Any, Any]:
        """The chosen corpus and tokenizer, as ``train`` takes them."""
        return self._corpora[str(self.corpus_menu.value)], self._tokenizers[str(self.tokenizer_menu.value)]

    def load(self) -> tuple[Corpus, Tokenizer]:
        """Loads what is chosen; takes seconds the first time, so call it in a thread.

        Raises:
            CorpusError, TokenizerError: as ``load_corpus`` and ``load_tokenizer`` do.
        """
        corpus_source, tokenizer_source = chosen = self.chosen
        corpus = load_corpus(
            corpus_source
        )  # built-in ones are kept in memory; a file is read again, it may have changed
        with self._lock:
            loaded = self._loaded
        if loaded is not None and loaded[0] == chosen and loaded[1] == corpus:
            return corpus, loaded[2]
        tokenizer = load_tokenizer(tokenizer_source, corpus)
        with self._lock:
            self._loaded = (chosen, corpus, tokenizer)
        return corpus, tokenizer

    def speak(self) -> None:
        """Says labels and choices anew in the current language; what is chosen stays."""
        self._is_speaking = True
        try:
            _fill(self.corpus_menu, {name: name for name in self._corpora})
            _fill(self.tokenizer_menu, {name: str(_TOKENIZERS.get(name, name)) for name in self._tokenizers})
        finally:
            self._is_speaking = False
        self.corpus_menu.description = say(en="Text", ko="글")
        self.tokenizer_menu.description = say(en="Tokenizer", ko="토크나이저")
        self._explain()

    def _explain(self) -> None:
        info = self._infos.get(str(self.corpus_menu.value))
        set_tooltip(self.corpus_menu, str(info.description) if info else str(self.corpus_menu.value))
        set_tooltip(
            self.tokenizer_menu,
            say(
                en="How the text is cut into the pieces that the model reads and writes.",
                ko="모델이 읽고 쓰는 조각으로 글을 나누는 방법입니다.",
            ),
        )

    def _changed(self, _change: Any) -> None:
        if not self._is_speaking:
            self._explain()
            self._on_change()


def _join(menu: dict[str, Any], source: Any) -> str:
    """Puts something given in code into a menu, and tells its name there."""
    name = getattr(source, "name", None) if isinstance(source, Corpus | Tokenizer) else None
    if name is None:
        name = source.name if isinstance(source, Path) else str(source)
    while name in menu and menu[name] != source:
        name += " *"
    menu[name] = source
    return name


def _fill(menu: Any, titles: dict[str, str]) -> None:
    value = menu.value
    # One after the other and not held back together: new options choose the first one, whenever that is heard.
    menu.options = [(title, name) for name, title in titles.items()]
    if value in titles:
        menu.value = value
