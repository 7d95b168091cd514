"""Llama 2 and 3, and what is built like them: SmolLM, TinyLlama.

Source: transformers' ``LlamaForCausalLM``; Touvron et al. 2023.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.config_file import ConfigFile
from slm_widgets.export.huggingface.decoder import Decoder
from slm_widgets.export.huggingface.drawing import Drawing, dropping
from slm_widgets.export.huggingface.family import Family, needs, one_for_all, refusal
from slm_widgets.export.huggingface.rope import read_rope, write_rope
from slm_widgets.export.huggingface.weights import Weight, matrix, rms_norm, stacked, table
from slm_widgets.layers.place import LONGEST, MOST_HEADS, MOST_REPEATS, WIDEST
from slm_widgets.stack.presets.parts import Json

_CONTEXT = 2048  # written where nothing limits a design


class RotaryFamily(Family):
    """What Llama, Mistral and Qwen 3 have in common: RMSNorm, rotary positions, grouped queries, a gated feed-forward."""

    prefix, layers, embedding, tied = "model.", "layers", "embed_tokens", False
    activation_name = "gelu_pytorch_tanh"
    # Where old files keep the angles of the positions, as a buffer.
    ignored = r"(layers\.\d+\.self_attn\.)?rotary_emb\.(inv_freq|cos_cached|sin_cached)"
    says: ClassVar[Mapping[str, frozenset[str]]] = {
        "norm": frozenset({"norm_type", "eps", "affine", "bias"}),  # an RMSNorm has no bias, whatever the field says
        "attention": frozenset(
            {"num_heads", "num_kv_groups", "head_dim", "dropout_rate", "qkv_bias", "proj_bias", "is_rope", "rope_base"}
            | {"rope_config", "rotary_dim", "scale", "qk_norm", "qk_norm_eps", "window_size"}
        ),
        "feed_forward": frozenset({"hidden_dim", "feed_forward_type", "act_func", "bias"}),
        "head": frozenset({"bias", "weight_tying"}),
    }
    attention_bias: ClassVar[bool] = True  # whether its settings have attention_bias
    feed_forward_bias: ClassVar[bool] = False  # whether its settings have mlp_bias
    qk_norm: ClassVar[bool] = False
    usual_groups: ClassVar[int | None] = None  # where the settings do not say; None: one a head
    usual_head_dim: ClassVar[int | None] = None  # None: width / heads

    def depth(self, config: ConfigFile) -> int:
        return config.whole("num_hidden_layers", most=MOST_REPEATS)

    def windows(self, config: ConfigFile) -> list[int | None]:
        """How far each layer sees."""
        return [None] * self.depth(config)

    def draw(self, config: ConfigFile) -> Json:
        self.refuse(config, "rope_interleaved", False)
        width, heads = config.whole("hidden_size", most=WIDEST), config.whole("num_attention_heads", most=MOST_HEADS)
        context, eps = config.whole("max_position_embeddings", most=LONGEST), config.number("rms_norm_eps", 1e-6)
        bias = self.attention_bias and config.flag("attention_bias", False)
        head_dim = config.whole_or_none("head_dim", self.usual_head_dim)
        attention: Json = {
            "numHeads": heads,
            "numKvGroups": config.whole_or_none("num_key_value_heads", self.usual_groups) or heads,
            **({"headDim": head_dim} if head_dim is not None and head_dim * heads != width else {}),
            **({"qkvBias": True, "projBias": True} if bias else {}),
            **({"qkNorm": True, "qkNormEps": eps} if self.qk_norm else {}),
            **read_rope(config, context),
            **dropping(config.number("attention_dropout", 0.0)),
        }
        drawing = Drawing(
            vocab_size=config.whole("vocab_size"),
            width=width,
            context_length=context,
            pos_type="rotary",
            norm={"normType": "RMSNorm", "eps": eps},
            attentions=[
                ("gqAttention", attention if window is None else {**attention, "windowSize": window})
                for window in self.windows(config)
            ],
            feed_forward={
                "hiddenDim": config.whole("intermediate_size", most=WIDEST),
                "feedForwardType": "Gated",
                "actFunc": self.activation(config, "hidden_act", "silu"),
                "bias": self.feed_forward_bias and config.flag("mlp_bias", False),
            },
            tied=self.is_tied(config),
        )
        return drawing.document()

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from self.unsaid(decoder)
        if decoder.positions is not None:
            yield refusal(
                decoder.positions,
                None,
                en=f"{self.title} adds no positions here; it turns queries and keys. Choose rotary.",
                ko=f"{self.title}에서는 여기에 위치를 더하지 않고 쿼리와 키를 돌립니다. rotary를 고르세요.",
            )
        yield from self._dropouts(decoder)
        yield from needs(self, decoder.norms, "norm_type", "RMSNorm")
        yield from one_for_all(self, decoder.norms, "eps")
        yield from self._attention(decoder)
        yield from needs(self, decoder.feed_forwards, "feed_forward_type", "Gated")
        yield from self.same_activation(decoder)
        if not self.feed_forward_bias:
            yield from needs(self, decoder.feed_forwards, "bias", False)

    def _dropouts(self, decoder: Decoder) -> Iterator[ExportError]:
        branches = [dropout for layer in decoder.layers for dropout in (layer.dropout1, layer.dropout2)]
        for dropout in (decoder.dropout, *branches):
            if dropout is not None:
                yield refusal(
                    dropout,
                    None,
                    en=f"{self.title} has no dropout here. Take it out, or set its rate to 0.",
                    ko=f"{self.title}에는 여기에 드롭아웃이 없습니다. 빼거나 비율을 0으로 하세요.",
                )

    def _attention(self, decoder: Decoder) -> Iterator[ExportError]:
        parts = decoder.attentions
        yield from needs(self, parts, "is_rope", True)
        for field in ("num_heads", "rope_base", "dropout_rate"):
            yield from one_for_all(self, parts, field)
        # mhAttention lacks some of the fields of gqAttention, so their meanings are compared.
        yield from one_for_all(self, parts, "num_kv_groups", lambda part: part.layer.groups())
        yield from one_for_all(self, parts, "head_dim", lambda part: part.layer.head_size_at(part.place))
        yield from one_for_all(self, parts, "rope_config", lambda part: part.layer.scaling())
        for part in parts:
            layer, size = part.layer, part.layer.head_size_at(part.place)
            if layer.rotary_dim not in (None, size):
                yield from needs(self, [part], "rotary_dim", None)
            if layer.scale not in (None, size**-0.5):
                yield from needs(self, [part], "scale", None)
            if (layer.qk_norm_epsilon() is not None) != self.qk_norm:
                yield from _wants_qk_norm(self, part)
        epsilon = decoder.norm.layer.eps  # there is one for these norms too
        others = [part for part in parts if part.layer.qk_norm_epsilon() not in (None, epsilon)]
        if self.qk_norm:
            yield from needs(self, others[:1], "qk_norm_eps", epsilon)
        if not self.attention_bias:
            yield from needs(self, parts, "qkv_bias", False)
            yield from needs(self, parts, "proj_bias", False)

    def config(self, decoder: Decoder) -> Json:
        part, feed_forward = decoder.attentions[0], decoder.feed_forwards[0].layer
        attention = part.layer
        return {
            "vocab_size": decoder.vocab_size,
            "hidden_size": decoder.width,
            "intermediate_size": feed_forward.hidden_dim,
            "num_hidden_layers": len(decoder.layers),
            "num_attention_heads": attention.num_heads,
            "num_key_value_heads": attention.groups(),
            "head_dim": attention.head_size_at(part.place),
            "hidden_act": self.their_activation(decoder),
            "max_position_embeddings": decoder.context_length or _CONTEXT,
            "rms_norm_eps": decoder.norm.layer.eps,
            **write_rope(attention),
            **({"attention_bias": _attention_bias(decoder)} if self.attention_bias else {}),
            **({"mlp_bias": _feed_forward_bias(decoder)} if self.feed_forward_bias else {}),
            "attention_dropout": attention.dropout_rate,
        }

    def weights(self, decoder: Decoder) -> Iterator[Weight]:
        C = decoder.width
        attention_bias, feed_forward_bias = _attention_bias(decoder), _feed_forward_bias(decoder)
        yield from table(decoder.tokens.path, "embed_tokens", decoder.vocab_size, C)
        for i, layer in enumerate(decoder.layers):
            attention, at, mlp = layer.attention.layer, f"layers.{i}.self_attn", f"layers.{i}.mlp"
            D, hidden = attention.head_size_at(layer.attention.place), layer.feed_forward.layer.hidden_dim or 0
            queries, keys = attention.num_heads * D, attention.groups() * D
            rows = {f"{at}.q_proj": queries, f"{at}.k_proj": keys, f"{at}.v_proj": keys}
            yield from rms_norm(layer.norm1.path, f"layers.{i}.input_layernorm", C)
            yield from stacked(f"{layer.attention.path}.qkv", rows, C, bias=attention_bias)
            yield from matrix(f"{layer.attention.path}.out", f"{at}.o_proj", C, queries, bias=attention_bias)
            if self.qk_norm:
                yield from rms_norm(f"{layer.attention.path}.q_norm", f"{at}.q_norm", D)
                yield from rms_norm(f"{layer.attention.path}.k_norm", f"{at}.k_norm", D)
            yield from rms_norm(layer.norm2.path, f"layers.{i}.post_attention_layernorm", C)
            for name, out, into in (("gate", hidden, C), ("up", hidden, C), ("down", C, hidden)):
                ours = f"{layer.feed_forward.path}.{name}"
                yield from matrix(ours, f"{mlp}.{name}_proj", out, into, bias=feed_forward_bias)
        yield from rms_norm(decoder.norm.path, "norm", C)
        yield from self.head(decoder)


class Llama(RotaryFamily):
    """Llama. Where only some of a design's projections have biases, the others are written as zeros: the same scores."""

    model_type, architecture, title = "llama", "LlamaForCausalLM", "Llama"
    feed_forward_bias = True

    def problems(self, decoder: Decoder) -> Iterator[ExportError]:
        yield from super().problems(decoder)
        yield from needs(self, decoder.attentions, "window_size", None)
        heads = decoder.attentions[0]
        if decoder.width % heads.layer.num_heads:  # transformers refuses to load it
            yield refusal(
                heads,
                "num_heads",
                en=f"Llama needs a width that its heads divide, and {decoder.width} / {heads.layer.num_heads} is not whole.",
                ko=f"Llama에서는 폭이 헤드 수로 나누어떨어져야 하는데, {decoder.width} / {heads.layer.num_heads}은(는) 그렇지 않습니다.",
            )


def _attention_bias(decoder: Decoder) -> bool:
    return any(part.layer.qkv_bias or part.layer.proj_bias for part in decoder.attentions)


def _feed_forward_bias(decoder: Decoder) -> bool:
    return any(part.layer.bias for part in decoder.feed_forwards)


def _wants_qk_norm(family: RotaryFamily, part: Any) -> Iterator[ExportError]:
    wanted, wanted_ko = ("with", "있어야") if family.qk_norm else ("without", "없어야")
    yield refusal(
        part,
        "qk_norm",
        en=f"{family.title} has attention {wanted} QK-norm.",
        ko=f"{family.title}의 어텐션에는 QK 정규화가 {wanted_ko} 합니다.",
    )
