"""What changes the weights: torch's own optimizers, driven as one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from slm_widgets.errors import CheckpointError
from slm_widgets.language import say
from slm_widgets.training.config import TrainConfig
from slm_widgets.training.hidden_matrices import hidden_matrices
from slm_widgets.training.muon import Muon, check_muon
from slm_widgets.training.sgd import SGD

_PREFIX = "optimizer."
_MEANS, _MOMENTUM = frozenset({"step", "exp_avg", "exp_avg_sq"}), frozenset({"momentum_buffer"})
_STATES = {"AdamW": _MEANS, "Adam": _MEANS, "SGD": _MOMENTUM, "Muon": _MOMENTUM}  # what each remembers of a parameter


def check_available(config: TrainConfig) -> None:
    """Raises ConfigError where this torch has no such optimizer."""
    if config.optimizer == "Muon":
        check_muon()


def build_optimizers(model: nn.Module, config: TrainConfig) -> Optimizers:
    """Makes what trains a model.

    Decay pulls matrices (and embeddings) towards zero, by learning rate times ``weight_decay`` of what they are, whatever
    the gradient; Adam, as it was published, has none. Norms, biases and everything else with one dimension are left alone:
    they are few, and pulling a norm's scale to zero switches off the layer behind it. A tied weight is one parameter and
    gets one update (``named_parameters`` names it once).

    Raises:
        ConfigError: for Muon where torch has none.

    Source: Loshchilov and Hutter 2019 (arXiv 1711.05101), algorithm 2; the groups are nanoGPT's. Muon: Jordan 2024; the
        nesterov momentum and the factor sqrt(max(1, rows / columns)) are theirs, and so is the usual learning rate 0.02.
    """
    check_available(config)
    trained = {name: p for name, p in model.named_parameters() if p.requires_grad}
    if config.optimizer != "Muon":
        return Optimizers(trained, [_one(config.optimizer, list(trained.values()), config.lr, config)], config.lr)
    hidden = hidden_matrices(model)
    matrices = [p for p in trained.values() if p in hidden]
    rest = [p for p in trained.values() if p not in hidden]
    rest_lr = config.lr / 10 if config.rest_lr is None else config.rest_lr
    made = []
    if matrices:
        made.append(
            Muon(
                matrices,
                lr=config.lr,
                weight_decay=config.weight_decay,
                momentum=config.momentum,
                nesterov=True,
                adjust_lr_fn="original",
            )
        )
    if rest:
        made.append(_one("AdamW", rest, rest_lr, config))
    return Optimizers(trained, made, config.lr)


def _one(name: str, parameters: list[nn.Parameter], lr: float, config: TrainConfig) -> torch.optim.Optimizer:
    decay = 0.0 if name == "Adam" else config.weight_decay
    groups = [
        {"params": [p for p in parameters if p.dim() >= 2], "weight_decay": decay},
        {"params": [p for p in parameters if p.dim() < 2], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    # The fused kernel computes all updates in one go; it is there for the CPU and CUDA in every torch that we support.
    fused = all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in parameters)
    if name == "SGD":
        return SGD(groups, lr=lr, momentum=config.momentum, fused=fused)
    kind = torch.optim.Adam if name == "Adam" else torch.optim.AdamW
    return kind(groups, lr=lr, betas=config.betas, eps=config.eps, fused=fused)


class Optimizers:
    """One or two optimizers that take their steps together.

    To a ``torch.amp.GradScaler`` it is one optimizer: a gradient without room in float16 makes all of them wait.

    Args:
        parameters: All that is trained, by the model's names.
        optimizers: torch's, whose groups hold these parameters.
        lr: The peak of the learning rate that ``set_learning_rate`` speaks of.
    """

    def __init__(
        self, parameters: Mapping[str, nn.Parameter], optimizers: list[torch.optim.Optimizer], lr: float
    ) -> None:
        self._names: dict[Tensor, str] = {p: name for name, p in parameters.items()}
        self._optimizers = optimizers
        self._shares = [(group, group["lr"] / lr) for group in self.param_groups]

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        """The groups of all optimizers, each as torch has it: ``lr``, ``weight_decay``, ``params``."""
        return [group for optimizer in self._optimizers for group in optimizer.param_groups]

    def set_learning_rate(self, lr: float) -> None:
        """Sets the learning rate; a group whose peak is a tenth of ``config.lr`` gets a tenth of this one."""
        for group, share in self._shares:
            group["lr"] = lr * share

    def zero_grad(self) -> None:
        """Forgets all gradients."""
        for parameter in self._names:  # what torch's own does, without its hooks: 2 in place of 20 us a step
            parameter.grad = None

    def unscale(self, scaler: torch.amp.GradScaler) -> None:
        """Takes a GradScaler's factor out of the gradients."""
        scaler.unscale_(self)  # pyright: ignore[reportArgumentType]  (it asks for no more than param_groups)

    def step(self, scaler: torch.amp.GradScaler | None = None) -> None:
        """Changes the weights, or leaves that to a GradScaler, which does not where a gradient is not finite."""
        if scaler is not None:
            scaler.step(self)  # pyright: ignore[reportArgumentType]  (which calls this method again, without itself)
            return
        for optimizer in self._optimizers:
            optimizer.step()

    def tensors(self) -> dict[str, Tensor]:
        """All that the optimizers remember: ``optimizer.<parameter>.<state>``. Copy what must not change with the next step."""
        return {
            f"{_PREFIX}{self._names[p]}.{state}": value
            for optimizer in self._optimizers
            for p, states in optimizer.state.items()
            for state, value in states.items()
            if isinstance(value, Tensor)
        }

    def load(self, tensors: Mapping[str, Tensor]) -> None:
        """Goes on from what ``tensors`` gave; those of other names than ``optimizer.`` are passed over.

        Raises:
            CheckpointError: where they are another model's or another optimizer's.
        """
        found = self._by_parameter(tensors)
        for optimizer in self._optimizers:
            document = optimizer.state_dict()
            order = [p for group in optimizer.param_groups for p in group["params"]]
            # Cloned: torch would keep the given tensors and write the next step into them.
            document["state"] = {
                i: {state: value.clone() for state, value in found[self._names[p]].items()}
                for i, p in enumerate(order)
                if self._names[p] in found
            }
            optimizer.load_state_dict(document)
        self._shares = [(group, share) for group, (_, share) in zip(self.param_groups, self._shares, strict=True)]

    def _by_parameter(self, tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
        """The optimizers' tensors, sorted by the parameters' names and checked."""
        found: dict[str, dict[str, Tensor]] = {}
        for key, value in tensors.items():
            if key.startswith(_PREFIX):
                name, _, state = key.removeprefix(_PREFIX).rpartition(".")
                found.setdefault(name, {})[state] = value
        wanted = {
            self._names[p]: (p.shape, _STATES[type(optimizer).__name__])
            for optimizer in self._optimizers
            for group in optimizer.param_groups
            for p in group["params"]
        }
        for name, states in found.items():
            shape, names = wanted.get(name, (torch.Size(), frozenset[str]()))
            for state in sorted(states.keys() ^ names):  # one too many, or one missing
                raise _another(f"{_PREFIX}{name}.{state}")
            for state, value in states.items():
                if value.shape != (torch.Size() if state == "step" else shape):
                    raise _another(f"{_PREFIX}{name}.{state}")
        return found


def _another(tensor: str) -> CheckpointError:
    return CheckpointError(
        say(
            en=f"The saved state is of another model or optimizer: {tensor} does not fit. Go on with the design and the "
            "optimizer that it was saved with.",
            ko=f"저장된 상태가 다른 모델이나 다른 최적화 방법의 것입니다. {tensor}이(가) 맞지 않습니다. 저장할 때의 설계와 최적화 방법으로 "
            "이어 가세요.",
        ),
        field=tensor,
    )
