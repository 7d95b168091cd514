"""The end of the file: writing text with the model, and one step of training to see that it works."""

from __future__ import annotations

import ast

from slm_widgets.export.code.plan import Plan
from slm_widgets.export.code.rendering import Sizes
from slm_widgets.export.code.syntax import parse_text

_GENERATE = '''
@torch.no_grad()
def generate(model: LanguageModel, ids: Tensor, {source_parameter}count: int, temperature: float = 1.0) -> Tensor:
    """Writes ``count`` tokens after ``ids`` (B, T), each drawn with the probability that the model gives it."""
    for _ in range(count):
        logits = model({seen}{source})[:, -1]  # (B, V)
        drawn = torch.multinomial((logits / temperature).softmax(dim=-1), 1)  # (B, 1)
        ids = torch.cat((ids, drawn), dim=1)
    return ids
'''

_MAIN = """
if __name__ == "__main__":
    torch.manual_seed(0)
    model = LanguageModel()
    print(f"{{sum(p.numel() for p in model.parameters()):,}} parameters")

    text = torch.randint({tokens}, (4, {length}))  # what a tokenizer would give
    {source_line}
    logits = model(text[:, :-1]{source})  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())
    {balance}
    loss.backward()
    torch.optim.AdamW(model.parameters(), lr=1e-3).step()
    print(f"loss {{loss.item():.3f}} nats a token; guessing gives {{math.log({tokens}):.3f}}")
"""
_BALANCE = 'loss = loss + sum(m.balance_loss for m in model.modules() if getattr(m, "balance_loss", None) is not None)'


def trying(plan: Plan, sizes: Sizes) -> list[ast.stmt]:
    """``generate`` and what runs when the file is run."""
    reads = plan.trace.reads_source
    length = min([33, *([sizes.context + 1] if sizes.context else [])])
    # Each text must suit every table that it is looked up in.
    smallest = min((n for part in plan.walk() if (n := getattr(part.step.layer, "vocab_size", None))), default=0)
    tokens = "VOCABULARY" if smallest in (0, sizes.vocabulary) else str(smallest)
    long_enough = plan.trace.source_length or length
    balanced = any(hasattr(m, "balance_loss") for m in plan.modules)
    generate = _GENERATE.format(
        source_parameter="source: Tensor, " if reads else "",
        source=", source" if reads else "",
        seen="ids[:, -CONTEXT:]" if sizes.context else "ids",
    )
    main = _MAIN.format(
        tokens=tokens,
        length=length,
        source=", source" if reads else "",
        source_line=f"source = torch.randint({tokens}, (4, {min(long_enough, 32)}))" if reads else "",
        balance=_BALANCE if balanced else "",
    )
    return [*_parsed(generate), *_parsed("\n".join(line for line in main.split("\n") if line.strip() or not line))]


def _parsed(text: str) -> list[ast.stmt]:
    return list(parse_text(text).tree.body)
