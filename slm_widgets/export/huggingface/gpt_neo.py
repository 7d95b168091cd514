"""GPT-Neo.

Source: transformers' ``GPTNeoForCausalLM``; Black et al. 2021.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.drawing import Drawing, dropping, runs
from slm_widgets.export.huggingface.family import needs, one_for_all
from slm_widgets.export.huggingface.gpt2 import LearnedPositionsFamily
from slm_widgets.export.huggingface.weights import Weight, layer_norm, matrix, stacked
from slm_widgets.layers.place import LONGEST, MOST_HEADS, MOST_REPEATS, WIDEST
from slm_widgets.stack.presets.parts import Json

_WINDOW = 256  # where the settings do not say


class GPTNeo(LearnedPositionsFamily):
    """GPT-Neo: GPT-2's shape, but scores are not scaled down, layers may see a window only, and q, k, v have no biases."""

    model_type, architecture, title = "gpt_neo", "GPTNeoForCausalLM", "GPT-Neo"
    ignored = r"h\.\d+\.attn\.attention\.(bias|masked_bias)"

    def depth(self, config: ConfigFile) -> int:
        return config.whole("num_layers", most=MOST_REPEATS)

    def draw(self, config: ConfigFile) -> Json:
        width, window = config.whole("hidden_size", most=WIDEST), config.whole("window_size", _WINDOW)
        attention = {
            "numHeads": config.whole("num_heads", most=MOST_HEADS),
            "qkvBias": False,
            "projBias": True,
            "scale": 1.0,
            **dropping(config.number("attention_dropout", 0.0)),
        }
        kinds = {"global": ("mhAttention", attention), "local": ("mhAttention", {**attention, "windowSize": window})}
        drawing = Drawing(
            vocab_size=config.whole("vocab_size"),
            width=width,
            context_length=config.whole("max_position_embeddings", most=LONGEST),
            pos_type="learned",
            norm={"normType": "LayerNorm", "eps": config.number("layer_norm_epsilon", 1e-5)},
            attentions=[kinds[kind] for kind in _kinds(config, self.depth(config))],
            feed_forward={
                "hiddenDim": config.whole("intermediate_size", 4 * width, most=WIDEST),
                "actFunc": self.activation(config, "activation_function", "gelu_new"),
                "bias": True,
            },
            tied=self.is_tied(config),
            embedding_dropout=config.number("embed_dropout", 0.0),
            branch_dropout=config.number("resid_dropout", 0.0),
        )
        return drawing.document()

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from super().problems(decoder)
        yield from needs(self, decoder.attentions, "scale", 1.0)
        yield from needs(self, decoder.attentions, "qkv_bias", False)
        yield from one_for_all(self, [p for p in decoder.attentions if p.layer.window_size], "window_size")

    def config(self, decoder: Decoder) -> Json:
        attention, feed_forward = decoder.attentions[0].layer, decoder.feed_forwards[0].layer
        assert decoder.positions is not None
        windows = [part.layer.window_size for part in decoder.attentions]
        kinds = ["global" if window is None else "local" for window in windows]
        return {
            "vocab_size": decoder.vocab_size,
            "max_position_embeddings": decoder.positions.layer.ctx_length,
            "hidden_size": decoder.width,
            "num_layers": len(decoder.layers),
            "num_heads": attention.num_heads,
            "intermediate_size": feed_forward.hidden_dim,
            "attention_types": [[list(pattern), times] for pattern, times in runs(kinds)],
            "window_size": next((window for window in windows if window is not None), _WINDOW),
            "activation_function": self.their_activation(decoder),
            "resid_dropout": self.branch_dropout(decoder),
            "embed_dropout": self.embedding_dropout(decoder),
            "attention_dropout": attention.dropout_rate,
            "layer_norm_epsilon": decoder.norm.layer.eps,
        }

    def weights(self, decoder: Decoder) -> Iterator[Weight]:
        C = decoder.width
        yield from self.embeddings(decoder)
        for i, layer in enumerate(decoder.layers):
            attention, hidden = f"h.{i}.attn.attention", layer.feed_forward.layer.hidden_dim or 0
            yield from layer_norm(layer.norm1.path, f"h.{i}.ln_1", C)
            yield from stacked(f"{layer.attention.path}.qkv", {f"{attention}.{x}_proj": C for x in "qkv"}, C)
            yield from matrix(f"{layer.attention.path}.out", f"{attention}.out_proj", C, C, bias=True)
            yield from layer_norm(layer.norm2.path, f"h.{i}.ln_2", C)
            yield from matrix(f"{layer.feed_forward.path}.up", f"h.{i}.mlp.c_fc", hidden, C, bias=True)
            yield from matrix(f"{layer.feed_forward.path}.down", f"h.{i}.mlp.c_proj", C, hidden, bias=True)
        yield from layer_norm(decoder.norm.path, "ln_f", C)
        yield from self.head(decoder)


def _kinds(config: ConfigFile, depth: int) -> list[str]:
    """``[[["global", "local"], 12]]`` -> global, local, global, ...; written out only where it gives ``depth`` layers."""
    said = config.list_of("attention_types")
    said = [[["global", "local"], 12]] if said is None else said
    if not all(_is_entry(entry) for entry in said) or sum(len(kinds) * times for kinds, times in said) != depth:
        raise config.wrong("attention_types", f'[[["global", "local"], {depth // 2}]]')
    return [kind for kinds, times in said for _ in range(times) for kind in kinds]


def _is_entry(entry: Any) -> bool:
    if not isinstance(entry, list) or len(entry) != 2:
        return False
    kinds, times = entry
    are_kinds = isinstance(kinds, list) and kinds and all(kind in ("global", "local") for kind in kinds)
    return bool(are_kinds) and type(times) is int and times >= 0
