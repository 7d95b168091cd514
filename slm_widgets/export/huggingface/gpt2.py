"""GPT-2.

Source: transformers' ``GPT2LMHeadModel``; Radford et al. 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.drawing import Drawing, dropping
from slm_widgets.export.huggingface.family import Family, needs, one_for_all, refusal
from slm_widgets.export.huggingface.weights import Weight, conv1d, layer_norm, table
from slm_widgets.layers.attention_fields import AttentionFields
from slm_widgets.layers.place import LONGEST, MOST_HEADS, MOST_REPEATS, WIDEST
from slm_widgets.stack.presets.parts import Json


class LearnedPositionsFamily(Family):
    """What GPT-2 and GPT-Neo have in common: LayerNorm, learned positions, a plain feed-forward, every head its own keys."""

    prefix, layers, embedding, tied = "transformer.", "h", "wte", True
    activation_name = "gelu_new"
    says: ClassVar[Mapping[str, frozenset[str]]] = {
        "norm": frozenset({"norm_type", "eps", "bias", "affine"}),
        "attention": frozenset(
            # RoPE's fields change nothing without RoPE; one group a head is no grouping.
            {"num_heads", "dropout_rate", "qkv_bias", "proj_bias", "scale", "is_rope", "num_kv_groups", "head_dim"}
            | {"rope_base", "rope_style", "rotary_dim", "rope_config", "qk_norm_eps", "window_size"}
        ),
        "feed_forward": frozenset({"hidden_dim", "act_func", "bias"}),
        "head": frozenset({"bias", "weight_tying"}),
    }  # fmt: skip

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from self.unsaid(decoder)
        if decoder.positions is None:
            yield refusal(
                decoder.tokens,
                None,
                en=f"{self.title} adds learned positions after the tokens. Put a positions layer of the kind learned below it.",
                ko=f"{self.title}에는 토큰 임베딩 뒤에 학습형 위치 임베딩이 있어야 합니다. 아래에 learned 위치 임베딩을 넣으세요.",
            )
        yield from needs(self, decoder.norms, "norm_type", "LayerNorm")
        yield from one_for_all(self, decoder.norms, "eps")
        for part in decoder.attentions:
            yield from needs(self, [part], "is_rope", False)
            if part.layer.groups() != part.layer.num_heads:
                yield from needs(self, [part], "num_kv_groups", part.layer.num_heads)
            if part.layer.head_size_at(part.place) * part.layer.num_heads != decoder.width:
                yield from needs(self, [part], "head_dim", None)
        yield from one_for_all(self, decoder.attentions, "num_heads")
        yield from one_for_all(self, decoder.attentions, "dropout_rate")
        yield from self.same_activation(decoder)
        yield from self._dropouts(decoder)

    def _dropouts(self, decoder: Decoder) -> Iterator[ExportError]:
        """There is one rate for the end of every branch."""
        first = decoder.layers[0].dropout1
        for layer in decoder.layers:
            for dropout, before in ((layer.dropout1, layer.attention), (layer.dropout2, layer.feed_forward)):
                if (dropout is None) == (first is None):
                    continue
                yield refusal(
                    dropout or before,
                    None,
                    en=f"{self.title} has the same dropout after every attention and every feed-forward, or none. Give all the "
                    "same, or take them out.",
                    ko=f"{self.title}에는 모든 어텐션과 피드포워드 뒤에 같은 드롭아웃이 있거나 하나도 없습니다. 모두 같게 하거나 빼세요.",
                )
        dropouts = [d for layer in decoder.layers for d in (layer.dropout1, layer.dropout2) if d is not None]
        if dropouts:
            yield from one_for_all(self, dropouts, "dropout_rate")

    def branch_dropout(self, decoder: Decoder) -> float:
        """The rate at the end of every branch."""
        first = decoder.layers[0].dropout1
        return first.layer.dropout_rate if first else 0.0

    def embedding_dropout(self, decoder: Decoder) -> float:
        """The rate after tokens and positions."""
        return decoder.dropout.layer.dropout_rate if decoder.dropout else 0.0

    def embeddings(self, decoder: Decoder) -> Iterator[Weight]:
        """Both tables."""
        assert decoder.positions is not None
        yield from table(decoder.tokens.path, "wte", decoder.vocab_size, decoder.width)
        yield from table(decoder.positions.path, "wpe", decoder.positions.layer.ctx_length or 0, decoder.width)


class GPT2(LearnedPositionsFamily):
    """GPT-2. Its class in transformers always has biases: a design without writes zeros, which gives the same scores."""

    model_type, architecture, title = "gpt2", "GPT2LMHeadModel", "GPT-2"
    ignored = r"h\.\d+\.attn\.(bias|masked_bias)"

    def depth(self, config: ConfigFile) -> int:
        return config.whole("n_layer", most=MOST_REPEATS)

    def draw(self, config: ConfigFile) -> Json:
        self.refuse(config, "add_cross_attention", False)
        # reorder_and_upcast_attn only says in which precision half-precision models work: in fp32 it changes nothing.
        width, heads = config.whole("n_embd", most=WIDEST), config.whole("n_head", most=MOST_HEADS)
        attention = {"numHeads": heads, "qkvBias": True, "projBias": True, **dropping(config.number("attn_pdrop", 0.1))}
        drawing = Drawing(
            vocab_size=config.whole("vocab_size"),
            width=width,
            context_length=config.whole("n_positions", most=LONGEST),
            pos_type="learned",
            norm={"normType": "LayerNorm", "eps": config.number("layer_norm_epsilon", 1e-5)},
            attentions=[
                ("mhAttention", {**attention, **_scale(config, width // heads, number)})
                for number in range(self.depth(config))
            ],
            feed_forward={
                "hiddenDim": config.whole("n_inner", 4 * width, most=WIDEST),
                "actFunc": self.activation(config, "activation_function", "gelu_new"),
                "bias": True,
            },
            tied=self.is_tied(config),
            embedding_dropout=config.number("embd_pdrop", 0.1),
            branch_dropout=config.number("resid_pdrop", 0.1),
        )
        return drawing.document()

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from super().problems(decoder)
        yield from needs(self, decoder.attentions, "window_size", None)
        if _scaling(decoder) is None:
            yield from needs(self, decoder.attentions, "scale", None)

    def config(self, decoder: Decoder) -> Json:
        attention, feed_forward = decoder.attentions[0].layer, decoder.feed_forwards[0].layer
        assert decoder.positions is not None
        return {
            "vocab_size": decoder.vocab_size,
            "n_positions": decoder.positions.layer.ctx_length,
            "n_embd": decoder.width,
            "n_layer": len(decoder.layers),
            "n_head": attention.num_heads,
            "n_inner": feed_forward.hidden_dim,
            "activation_function": self.their_activation(decoder),
            "resid_pdrop": self.branch_dropout(decoder),
            "embd_pdrop": self.embedding_dropout(decoder),
            "attn_pdrop": attention.dropout_rate,
            "layer_norm_epsilon": decoder.norm.layer.eps,
            **(_scaling(decoder) or {}),
        }

    def weights(self, decoder: Decoder) -> Iterator[Weight]:
        C = decoder.width
        yield from self.embeddings(decoder)
        for i, layer in enumerate(decoder.layers):
            hidden = layer.feed_forward.layer.hidden_dim or 0
            yield from layer_norm(layer.norm1.path, f"h.{i}.ln_1", C)
            yield from conv1d(f"{layer.attention.path}.qkv", f"h.{i}.attn.c_attn", 3 * C, C)
            yield from conv1d(f"{layer.attention.path}.out", f"h.{i}.attn.c_proj", C, C)
            yield from layer_norm(layer.norm2.path, f"h.{i}.ln_2", C)
            yield from conv1d(f"{layer.feed_forward.path}.up", f"h.{i}.mlp.c_fc", hidden, C)
            yield from conv1d(f"{layer.feed_forward.path}.down", f"h.{i}.mlp.c_proj", C, hidden)
        yield from layer_norm(decoder.norm.path, "ln_f", C)
        yield from self.head(decoder)


# What scores are multiplied by: the two switches of GPT-2's settings, and what they mean in the layer of a number.


def _scale(config: ConfigFile, head_size: int, number: int) -> Json:
    by_size = config.flag("scale_attn_weights", True)
    by_depth = config.flag("scale_attn_by_inverse_layer_idx", False)
    return {} if by_size and not by_depth else {"scale": _factor(head_size, number, by_size, by_depth)}


def _scaling(decoder: Decoder) -> Json | None:
    """The switches that give the scales of a design, or None where none do."""
    parts = decoder.attentions
    sizes = [max(part.layer.head_size_at(part.place), 1) for part in parts]
    ours = [_given_scale(part.layer, size) for part, size in zip(parts, sizes, strict=True)]
    for by_size, by_depth in ((True, False), (False, False), (True, True), (False, True)):
        if ours == [_factor(size, number, by_size, by_depth) for number, size in enumerate(sizes)]:
            return {"scale_attn_weights": by_size, "scale_attn_by_inverse_layer_idx": by_depth}
    return None


def _given_scale(attention: AttentionFields, head_size: int) -> float:
    return head_size**-0.5 if attention.scale is None else attention.scale


def _factor(head_size: int, number: int, by_size: bool, by_depth: bool) -> float:
    scale = max(head_size, 1) ** -0.5 if by_size else 1.0
    return scale / (number + 1) if by_depth else scale
