"""``slm-widgets train``: a design, a text, a run."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from slm_widgets.cli.demo import CORPORA, PRESET
from slm_widgets.cli.errors import INTERRUPTED
from slm_widgets.cli.training import fitted, follow, tell_outcome
from slm_widgets.errors import ConfigError
from slm_widgets.language import language, say
from slm_widgets.running import RunState, train
from slm_widgets.stack import LayerStack, parse_stack, preset


def main(arguments: argparse.Namespace) -> int:
    """Trains, and tells the losses and the folder."""
    console = Console(highlight=False)
    stack = parse_stack(Path(arguments.stack)) if arguments.stack is not None else preset(arguments.preset or PRESET)
    settings = read_settings(arguments, stack)
    with console.status(say(en="Reading the text ...", ko="글을 읽는 중 ...")):
        run = train(
            stack,
            arguments.corpus if arguments.corpus is not None else CORPORA[language()],
            arguments.tokenizer,
            settings,
            name=arguments.name,
            folder=arguments.folder,
            track=not arguments.no_track,
        )
    follow(console, run)
    tell_outcome(console, run)
    return INTERRUPTED if run.state is RunState.STOPPED else 0


def read_settings(arguments: argparse.Namespace, stack: LayerStack) -> dict[str, Any]:
    """The settings of a file, else of the design's own recipe; what was typed wins over both.

    Raises:
        ConfigError: for a file that cannot be read or holds no settings.
    """
    typed = {
        "max_steps": arguments.steps,
        "batch_size": arguments.batch_size,
        "lr": arguments.lr,
        "seed": arguments.seed,
    }
    typed = {name: value for name, value in typed.items() if value is not None}
    if arguments.config is not None:
        return {**_read_file(Path(arguments.config)), **typed}
    return fitted(stack.config.get("training") or {}, typed)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        settings = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(settings, dict):
            raise ValueError(f"a {type(settings).__name__}, not an object")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            say(
                en=f'The settings in {path} cannot be read: {reason}. Give a JSON file such as {{"max_steps": 500, "lr": 0.002}}.',
                ko=f'{path}의 설정을 읽을 수 없습니다: {reason}. {{"max_steps": 500, "lr": 0.002}} 같은 JSON 파일을 주세요.',
            ),
            field="config",
        ) from error
    return settings
