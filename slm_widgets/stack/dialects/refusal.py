"""Why a source is no design at all."""

from __future__ import annotations

from slm_widgets.language import say
from slm_widgets.layers import Problem


class RefusalError(Exception):
    """Stops the reading; stays inside ``stack``, where ``examine`` turns it into its ``problem``.

    Args:
        en: The sentence in English.
        ko: The sentence in Korean.
        layer_id: The layer it is about, where that is known.
        field: The field, or the key of the config.
    """

    def __init__(self, *, en: str, ko: str, layer_id: str | None = None, field: str | None = None) -> None:
        super().__init__(en)
        self.problem = Problem(layer_id, field, "error", say(en=en, ko=ko))
