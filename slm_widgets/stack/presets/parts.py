"""What the drawings of all families are put together from."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def node(type_name: str, name: str, **data: Any) -> Json:
    """One layer."""
    return {"type": type_name, "data": {"id": name, **data}}


def repeat(name: str, times: int, children: list[Json]) -> Json:
    """A block: its layers again and again, each time with weights of their own."""
    return {**node("transformerBlock", name, numOfBlocks=times), "children": children}


def dropout_if(rate: float, name: str) -> list[Json]:
    """A dropout, unless there is nothing to drop."""
    return [node("dropout", name, dropoutRate=rate)] if rate else []


def attend_and_feed(
    attention: Json, feed_forward: Json, norm: Json, dropout: float = 0.0, first: int = 1, flow: str = "block:in"
) -> list[Json]:
    """The order of GPT-2 and Llama: normalise, attend, add; normalise, feed forward, add.

    Args:
        attention: The attention layer.
        feed_forward: The feed-forward layer.
        norm: The fields of the norms.
        dropout: The share switched off at the end of both branches.
        first: The number of the first norm, dropout and residual.
        flow: Refers to what comes in.
    """
    second = first + 1
    return [
        node("normalization", f"norm{first}", **norm),
        attention,
        *dropout_if(dropout, f"dropout{first}"),
        node("residual", f"add{first}", source=flow),
        node("normalization", f"norm{second}", **norm),
        feed_forward,
        *dropout_if(dropout, f"dropout{second}"),
        node("residual", f"add{second}", source=f"add{first}"),
    ]


def design(layers: list[Json], context: int, training: Json | None) -> Json:
    """The document: its layers, the longest text that it is made for, and its recipe where it is there to be trained."""
    config: Json = {"context_length": context}
    if training is not None:
        config["training"] = training
    return {"layer_stack": layers, "config": config}
