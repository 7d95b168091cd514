"""What a design costs: arithmetic and memory, under the same names for one layer and for the whole."""

from __future__ import annotations

from slm_widgets.language import Text
from slm_widgets.stack.meter import Meter

NUMBER_BYTES = 4
"""Weights, gradients and AdamW's averages are float32, under bfloat16 autocast too."""

PROCESS_BYTES = 350 * 10**6
"""What Python, torch and slm_widgets themselves take before there is a model: 340 MB measured, on a CPU with torch 2.13."""

_FIXED_SHARE = 10

TRAINING_PARTS = {
    "weight_bytes": Text(en="weights", ko="가중치"),
    "gradient_bytes": Text(en="gradients", ko="기울기"),
    "optimizer_bytes": Text(en="AdamW's two averages", ko="AdamW의 두 평균"),
    "spare_bytes": Text(en="last good weights", ko="마지막으로 정상인 가중치"),
    "buffer_bytes": Text(en="fixed tables", ko="고정된 표"),
    "activation_bytes": Text(en="activations", ko="활성값"),
    "working_bytes": Text(en="working memory (estimated)", ko="작업 메모리 (추정)"),
}
"""What training holds in memory: the property's name -> what to call it."""


class Costs:
    """The figures of one layer or of a whole design, at the batch size and context length of its report.

    What needs no arithmetic follows from the number of parameters. The rest is measured, each kind when it is first asked
    for: a second at most for the largest published designs (see meter.py for how).
    """

    parameters: int
    meter: Meter

    @property
    def _key(self) -> str | None:
        """The layer's id; None for the whole."""
        return None

    @property
    def forward_flops(self) -> int:
        """Floating-point operations of one forward pass over the batch: two for each multiplication with an addition.

        Attention is counted in full, although a causal one needs only half; looking up an embedding counts nothing.
        """
        return self.meter.flops[self._key].forward

    @property
    def training_flops(self) -> int:
        """Floating-point operations of one forward and backward pass over the batch."""
        return self.meter.flops[self._key].training

    @property
    def weight_bytes(self) -> int:
        """The learned numbers, in float32."""
        return NUMBER_BYTES * self.parameters

    @property
    def gradient_bytes(self) -> int:
        """One number for each learned one."""
        return NUMBER_BYTES * self.parameters

    @property
    def optimizer_bytes(self) -> int:
        """AdamW's two running averages for each learned number."""
        return 2 * NUMBER_BYTES * self.parameters

    @property
    def spare_bytes(self) -> int:
        """The last good weights, which a training here keeps to go back to when the loss is no longer a number."""
        return NUMBER_BYTES * self.parameters

    @property
    def buffer_bytes(self) -> int:
        """Tables that are not learned: angles of rotary positions, sinusoidal waves."""
        return self.meter.buffers[self._key]

    @property
    def activation_bytes(self) -> int:
        """What the forward pass keeps for the backward pass, with the kernels of a CPU: each tensor once.

        Without dropout attention keeps queries, keys, values and its output, not the (T, T) scores; with dropout a CPU keeps
        the scores too. Of the head's (B·T, V) scores at most 64 MiB are held at once where it is a plain matrix (``model.loss``).
        """
        return self.meter.activations[self._key]

    @property
    def cache_bytes(self) -> int:
        """What cached generation remembers at full context for the batch (keys and values); 0 where it cannot."""
        return self.meter.caches[self._key]

    @property
    def held_bytes(self) -> dict[str, int]:
        """The parts of ``training_bytes`` that are held from step to step, or from the forward to the backward pass."""
        return {name: getattr(self, name) for name in TRAINING_PARTS if name != "working_bytes"}

    @property
    def fixed_bytes(self) -> int:
        """What of it does not grow with the batch."""
        return sum(getattr(self, name) for name in self._fixed_parts)

    @property
    def _fixed_parts(self) -> list[str]:
        return [name for name in TRAINING_PARTS if name not in ("activation_bytes", "working_bytes")]

    @property
    def working_bytes(self) -> int:
        """What the layer that is being computed needs for a moment, and what the allocator wastes. An estimate.

        A tenth of the fixed bytes, half the activations, and once more the scores that the head holds for the loss (their
        gradients stand beside the probabilities). Measured, not derived: the peak of a process beyond what it took before, three
        steps on a CPU with torch 2.13 in float32, was 0.82 to 1.15 times ``training_bytes`` (gpt2-nano with 1024 and mistral-nano,
        qwen3-nano, llama3-nano with 128 texts of 64 tokens, gpt2-nano with 50,257 tokens, gpt2 with one text of 128).
        """
        return fixed_share(self.fixed_bytes) + self.meter.working_bytes(self._key)

    @property
    def training_bytes(self) -> int:
        """The sum of ``TRAINING_PARTS``: about what a training holds at its peak, beside ``PROCESS_BYTES``."""
        return sum(self.training_parts.values())

    @property
    def training_parts(self) -> dict[str, int]:
        """The parts of ``training_bytes``, by the names of the properties."""
        return {**self.held_bytes, "working_bytes": self.working_bytes}


def fixed_share(fixed_bytes: int) -> int:
    """The part of the working memory that does not grow with the batch."""
    return fixed_bytes // _FIXED_SHARE
