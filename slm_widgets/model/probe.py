"""Tries the layers that others made before a model is built of them: one small run each, compared with what they promise.

Our own layer types are tested; those of a notebook cell or of another package may give another shape than they say, and torch
would only find out in the middle of training, without the layer's name. A small module is run on a few real numbers, a large
one on fake tensors, where shapes cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode

from slm_widgets.errors import LayerStackError, LayerTypeError
from slm_widgets.layers import Flow, Problem
from slm_widgets.layers.memory import Remembering
from slm_widgets.stack.fake_run import FakeRun, Pair, quiet
from slm_widgets.stack.skeleton import made, made_elsewhere, named, shortly, skeleton
from slm_widgets.stack.trace import Step

B, T = 2, 8
FEW_BYTES = 4_000_000
"""What a module may hold to be run on real numbers: a million parameters in float32."""

_TOLERANCE = 1e-3  # for another length torch takes other kernels, which round differently

# What torch says where not the module but the fake tensors are the reason that it cannot run. (By-value errors: fake_run.py.)
_NOT_ITS_FAULT = ("faketensor", "fake tensor", "tensor subclass", "data pointer", "meta ")


def probe(steps: Iterable[Step], places: Mapping[str, str], device: torch.device) -> list[Problem]:
    """Runs each layer made elsewhere once; does nothing for our own. Draws from torch's random numbers.

    Args:
        steps: A design as ``trace`` found it, without errors.
        places: Where each layer stands, in words, by its id.
        device: Where the model is to be built; on ``"meta"`` only shapes are compared.

    Returns:
        Warnings: the layers with which cached generation would go wrong.

    Raises:
        LayerStackError: for a layer whose module raises, or gives something else than the layer promises.
    """
    found: list[Problem] = []
    for step in _made_elsewhere(steps):
        place = places.get(step.layer.id, step.layer.id)
        trial = _Trial(step, place)
        module = trial.made(skeleton)
        held = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
        if device.type == "meta" or held > FEW_BYTES:
            trial.on_shapes()
        else:
            found += [replace(problem, place=place) for problem in trial.on_numbers(device)]
    return found


def _made_elsewhere(steps: Iterable[Step]) -> Iterator[Step]:
    for step in steps:
        if step.layer.container:
            yield from _made_elsewhere(step.children)
        elif made_elsewhere(step.layer):
            yield step


@dataclass(frozen=True)
class _Trial:
    """One layer, to be run on (B, T) tokens or (B, T, C) vectors."""

    step: Step
    place: str

    def made(self, make: Callable[[Step], nn.Module]) -> nn.Module:
        """The layer's module; raises a LayerStackError with the layer's place."""
        try:
            return make(self.step)
        except LayerStackError as error:
            raise LayerStackError(
                [replace(p, place=self.place) for p in error.problems if isinstance(p, Problem)]
            ) from error.__cause__

    def on_shapes(self) -> None:
        """Compares shapes without memory for any tensor; a module that cannot be run so is let through."""
        flows = [self.step.place.incoming, *self.step.place.sources]
        given: list[Any] = []

        def visit(_: Step, module: nn.Module, inputs: Sequence[Tensor]) -> tuple[Tensor, Pair]:
            given.append(module.eval()(*inputs))
            return inputs[0], (0, 0)

        try:
            with FakeTensorMode(), torch.device("cpu"), torch.no_grad(), quiet():
                x, *sources = (self._tensor(flow) for flow in flows)
                kept = dict(zip(self.step.sources, sources, strict=True))
                FakeRun(visit, self._tensor).chain([replace(self.step, reads=None)], x, kept)
        except LayerTypeError:  # it goes by numbers
            return
        except Exception as error:  # someone else's code may raise anything
            if _cannot_be_faked(error):
                return
            self._raised(error)
        self._compare(given[0])

    def on_numbers(self, device: torch.device) -> list[Problem]:
        """Runs a module of its own on random numbers, as generation would: -> warnings about cached generation."""
        with device, torch.no_grad():
            module = self.made(made).to(device).eval()
            flows = [self.step.place.incoming, *self.step.place.sources]
            inputs = [self._tensor(flow) for flow in flows]
            try:
                y = _call(module, inputs)
            except Exception as error:
                self._raised(error)
            self._compare(y)
            if getattr(module, "looks_ahead", False) or {self.step.outgoing.length, flows[0].length} != {"T"}:
                return []
            return self._in_order(module, inputs, [flow.length == "T" for flow in flows], y)

    def _in_order(self, module: nn.Module, inputs: list[Tensor], is_text: list[bool], y: Tensor) -> list[Problem]:
        """Whether tokens handed in one at a time, as cached generation does, give the same: -> what to warn of."""
        for p in module.parameters():
            if p.requires_grad and not p.any():  # what starts at zero may hide what it will do
                nn.init.normal_(p, std=0.1)
        alone = [x[:, -1:] if text else x for x, text in zip(inputs, is_text, strict=True)]
        changed = [self._with_another_end(x) if text else x for x, text in zip(inputs, is_text, strict=True)]
        try:
            y, again, other = (_call(module, given) for given in (inputs, inputs, changed))
            if not _same(y, again):  # it has its own dice, or a state: nothing can be said
                return []
            if not _same(y[:, :-1], other[:, :-1]):
                return [self._looks_ahead()]
            if isinstance(module, Remembering) or _same(y[:, -1:], _call(module, alone)):
                return []
        except Exception:  # it ran once; what it refuses of these is no fault
            return []
        return [self._looks_back()]

    def _with_another_end(self, x: Tensor) -> Tensor:
        x = x.clone()
        x[:, -1] = 1 - x[:, -1] if x.is_floating_point() else (x[:, -1] + 1) % self.step.place.vocab_size
        return x

    def _tensor(self, flow: Flow) -> Tensor:
        length = min(T, self.step.place.context_lengths.get(flow.length) or T)
        if flow.width is None:
            return torch.randint(self.step.place.vocab_size, (B, length))
        return torch.randn(B, length, flow.width)

    def _compare(self, y: Any) -> None:
        promised, wanted = self.step.outgoing, tuple(self._tensor(self.step.outgoing).shape)
        letters = f"({', '.join(map(str, promised.shape))})"
        if not isinstance(y, Tensor):
            what = shortly(y)
        elif tuple(y.shape) != wanted:
            what = str(tuple(y.shape))
        elif promised.width is not None and y.dtype != torch.get_default_dtype():
            kind, should = (str(t).removeprefix("torch.") for t in (y.dtype, torch.get_default_dtype()))
            self._refuse(
                self.step.layer.problem(
                    None,
                    en=f"its module gave {kind} numbers, but {should} was promised. Return them in the kind of what comes in: "
                    "y.to(x.dtype).",
                    ko=f"모듈이 {kind} 값을 내보냈는데 {should}여야 합니다. 들어온 것과 같은 형식으로 돌려주세요: y.to(x.dtype).",
                )
            )
        else:
            return
        self._refuse(
            self.step.layer.problem(
                None,
                en=f"its module gave {what}, but {letters} was promised. Return that shape from forward, or say the width in "
                f"outgoing(). (It was run with B = {B}, {promised.length} = {wanted[1]}.)",
                ko=f"모듈이 {what}을(를) 내보냈는데 약속한 것은 {letters}입니다. forward에서 그 모양으로 돌려주거나 outgoing()에 "
                f"폭을 적어 주세요. (B = {B}, {promised.length} = {wanted[1]}로 실행해 보았습니다.)",
            )
        )

    def _raised(self, error: Exception) -> NoReturn:
        shape = f"({', '.join(map(str, self.step.place.incoming.shape))})"
        self._refuse(
            self.step.layer.problem(
                None,
                en=f"its module raised {named(error)}, given x of the shape {shape}. Mend its forward.",
                ko=f"모양이 {shape}인 x를 받은 모듈에서 오류가 났습니다: {named(error)}. 모듈의 forward를 고쳐 주세요.",
            ),
            error,
        )

    def _refuse(self, problem: Problem, cause: Exception | None = None) -> NoReturn:
        raise LayerStackError([replace(problem, place=self.place)]) from cause

    def _looks_ahead(self) -> Problem:
        return self.step.layer.problem(
            None,
            severity="warning",
            en="what its module gives for a token depends on the tokens after it. Text written with it would be wrong, and its loss "
            "too low. Let forward use only x[:, : t + 1] for token t, or write looks_ahead = True in the module's class if that "
            "is what you want.",
            ko="모듈이 어떤 토큰에 대해 내보내는 값이 그 뒤에 오는 토큰에 따라 달라집니다. 이대로는 글을 제대로 생성할 수 없고 손실도 "
            "실제보다 낮게 나옵니다. forward에서 토큰 t에는 x[:, : t + 1]만 쓰세요. 일부러 그런 것이라면 모듈 클래스에 "
            "looks_ahead = True를 적어 주세요.",
        )

    def _looks_back(self) -> Problem:
        return self.step.layer.problem(
            None,
            severity="warning",
            en="its module looks at earlier tokens but keeps no memory of them, so text generated with a cache, token by token, would "
            "be wrong. Give the module new_memory (see slm_widgets/layers/memory.py), or write looks_ahead = True in its class: "
            "then the whole text is read again for every token.",
            ko="모듈이 앞의 토큰을 보면서도 기억해 두지 않아서, 캐시를 쓰며 토큰을 하나씩 생성하면 결과가 틀립니다. 모듈에 "
            "new_memory를 만들거나(slm_widgets/layers/memory.py 참고), 클래스에 looks_ahead = True를 적어 주세요. 그러면 토큰마다 글 "
            "전체를 다시 읽습니다.",
        )


def _cannot_be_faked(error: Exception) -> bool:
    """Whether it is no mistake of the module that it cannot run without numbers."""
    text = str(error).lower()
    return isinstance(error, NotImplementedError) or (
        not isinstance(error, AttributeError) and any(sign in text for sign in _NOT_ITS_FAULT)
    )


def _call(module: nn.Module, inputs: list[Tensor]) -> Any:
    torch.manual_seed(0)  # so that noise is the same each time
    return module(*(x.clone() for x in inputs))  # it may write into what it is given


def _same(a: Tensor, b: Tensor) -> bool:
    return torch.allclose(a, b, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
