"""What every subcommand has."""

from __future__ import annotations

import argparse
from typing import Any

from slm_widgets.language import LANGUAGES, language, say


def add_language(parser: argparse.ArgumentParser) -> None:
    """Lets the language be chosen."""
    # SUPPRESS: given before the subcommand, it must not be forgotten by the subcommand's own default.
    parser.add_argument(
        "--language",
        choices=list(LANGUAGES),
        default=argparse.SUPPRESS,
        help=say(
            en=f"the language of all messages (else SLM_LANGUAGE, now {language()})",
            ko=f"모든 안내의 언어 (주지 않으면 SLM_LANGUAGE, 지금은 {language()})",
        ),
    )


def add_command(commands: Any, name: str, *, en: str, ko: str) -> argparse.ArgumentParser:
    """Adds a subcommand with its one line of help."""
    text = say(en=en, ko=ko)
    parser = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    add_language(parser)
    return parser
