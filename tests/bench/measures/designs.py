"""The text and the designs that are trained."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slm_widgets.data import Corpus, load_corpus
from slm_widgets.stack import LayerStack, parse_stack, preset

SHAKESPEARE = Path(__file__).parents[4] / "shared" / "data" / "tinyshakespeare.txt"


@dataclass(frozen=True)
class Shape:
    """GPT-2's shape in other sizes: dropout 0, a tied head, learned positions."""

    vocabulary: int
    width: int
    heads: int
    blocks: int
    context: int
    batch: int
    bias: bool = False


NANO = Shape(vocabulary=65, width=64, heads=4, blocks=2, context=64, batch=8)
SHAKESPEARE_CHAR = Shape(vocabulary=65, width=128, heads=4, blocks=4, context=64, batch=12)
"""That of the preset ``shakespeare-char-cpu``."""
LARGE_VOCABULARY = Shape(vocabulary=50_257, width=256, heads=4, blocks=4, context=64, batch=16)
GPT2 = Shape(vocabulary=50_257, width=768, heads=12, blocks=12, context=1024, batch=16, bias=True)


def corpus(file: Path | None = None) -> Corpus:
    """A text; Tiny Shakespeare where it is at hand, else the package's own tales."""
    file = file or SHAKESPEARE
    return load_corpus(file if file.is_file() else "tiny-tales-en")


def drawn(shape: Shape) -> LayerStack:
    """The shape as a design of ours. Its vocabulary may be larger than that of a text of characters."""
    document = preset("gpt2").to_json()
    tokens, positions, block, norm, _ = document["layer_stack"]
    tokens["data"].update(vocabSize=shape.vocabulary, embDim=shape.width)
    positions["data"].update(ctxLength=shape.context)
    block["data"].update(numOfBlocks=shape.blocks)
    norms = [child for child in block["children"] if child["type"] == "normalization"]
    for node in (norm, *norms):
        node["data"].update(bias=shape.bias)
    block["children"][1]["data"].update(numHeads=shape.heads, qkvBias=shape.bias, projBias=shape.bias)
    block["children"][4]["data"].update(hiddenDim=4 * shape.width, bias=shape.bias)
    document["config"].update(name="gpt2-shape", context_length=shape.context)
    return parse_stack(document)
