"""A look at the chosen text before anyone presses Train: what is wrong with it, and how much of it there is."""

from __future__ import annotations

import threading
from collections.abc import Callable

from slm_widgets.language import use_language
from slm_widgets.main_loop import unasked
from slm_widgets.widgets.border import call_on_main, shown
from slm_widgets.widgets.text_choice import TextChoice
from slm_widgets.widgets.training.outlook import count_tokens


class TextLook:
    """Reads the chosen text and its vocabulary in a thread.

    Args:
        texts: The menus.
        know: Called on the main loop with the size of the vocabulary and about how many tokens the text has.
        tell: Called with what is wrong with the text, and the sentence about it.
    """

    def __init__(
        self, texts: TextChoice, know: Callable[[int, int], object], tell: Callable[[Exception, str], object]
    ) -> None:
        self._texts, self._know, self._tell = texts, know, tell

    def begin(self, language: str) -> None:
        """Looks at what is chosen now; returns at once."""
        threading.Thread(target=unasked(self._look), args=(language,), name="slm-vocabulary", daemon=True).start()

    def _look(self, language: str) -> None:
        chosen = self._texts.chosen

        def tell(error: Exception, words: str) -> None:
            if chosen == self._texts.chosen:  # else another thread looks at what is chosen now
                self._tell(error, words)

        with use_language(language), shown(tell):
            corpus, tokenizer = self._texts.load()
            tokens = count_tokens(corpus, tokenizer)
            if chosen == self._texts.chosen:
                call_on_main(lambda: self._know(tokenizer.vocab_size, tokens))
