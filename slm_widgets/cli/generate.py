"""``slm-widgets generate``: a trained model writes, token by token."""

from __future__ import annotations

import argparse
import sys

from slm_widgets.generation import stream
from slm_widgets.library import load_run


def main(arguments: argparse.Namespace) -> int:
    """Prints the prompt and what the model writes after it, as it comes."""
    run = load_run(arguments.run)
    tokens = stream(
        run.model,
        run.tokenizer,
        arguments.prompt,
        max_new_tokens=arguments.tokens,
        temperature=arguments.temperature,
        top_k=arguments.top_k,
        top_p=arguments.top_p,
        seed=arguments.seed,
    )
    sys.stdout.write(arguments.prompt)
    for token in tokens:
        sys.stdout.write(token.text)
        sys.stdout.flush()
    sys.stdout.write("\n")
    return 0
