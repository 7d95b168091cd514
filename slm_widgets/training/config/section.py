"""What a section of the settings is, and the units that several of them share."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from slm_widgets.fields import form_fields
from slm_widgets.language import Text

STEPS = Text(en="steps", ko="스텝")
TOKENS = Text(en="tokens", ko="토큰")
MOST_STEPS = 10_000_000


class Section(BaseModel):
    """Fields that stand together in a form, under one title."""

    # The alias is the name itself: documents and forms spell the settings as Python does.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=lambda name: name)

    section: ClassVar[str]
    section_title: ClassVar[Text]

    @classmethod
    def section_fields(cls) -> list[dict[str, Any]]:
        """The section's own fields as a form needs them, in the current language."""
        return [{**field, "section": cls.section} for field in form_fields(cls)]
