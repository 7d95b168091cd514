"""Mixture of experts: many feed-forward networks, of which each token uses a few."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from slm_widgets.fields import described
from slm_widgets.language import Text, say
from slm_widgets.layers.feed_forward import (
    ACTIVATION_FORMULAS,
    FeedForwardFields,
    GatedFeedForward,
    StandardFeedForward,
)
from slm_widgets.layers.formula import Paper
from slm_widgets.layers.place import MOST, Place
from slm_widgets.layers.problem import Problem

MOST_EXPERTS = 512

_ROUTED = (r"y = \sum_{e \in \text{top}_k} w_e\,F_e(x)", r"p = \operatorname{softmax}(R\,x)")
_BALANCE = r"L = c\,E \sum_e n_e\,\bar{p}_e"


class MixtureOfExperts(FeedForwardFields):
    """``numExperts`` feed-forward networks and a router that sends each token to ``topK`` of them."""

    type = "mixtureOfExperts"
    title = Text(en="Mixture of experts", ko="전문가 혼합 (MoE)")
    palette_rank = 20
    summary = Text(
        en="Many feed-forwards; each token uses a few.", ko="피드포워드 여럿 가운데 토큰마다 몇 개만 씁니다."
    )
    help = Text(
        en="Instead of one feed-forward there are several, the experts. A small matrix, the router, gives each token a score for "
        "each expert; only the best topK work on it, and their results are added, weighted by the scores. So a model can hold many "
        "more parameters than it computes with for any one token. Left alone, a router soon sends everything to the same few "
        "experts: the balance loss makes it spread the tokens.\n"
        "Try: 4 experts with topK 1 and 2 against one feed-forward of the same width; set the balance loss to 0 "
        "and look at the load (model.<id>.load).",
        ko="피드포워드 하나 대신 여러 개, 곧 전문가들을 둡니다. 라우터라는 작은 행렬이 토큰마다 각 전문가에게 점수를 주고, 점수가 높은 topK개만 "
        "그 토큰을 처리합니다. 결과는 점수로 가중해 더합니다. 그래서 토큰 하나를 계산할 때 쓰는 것보다 훨씬 많은 파라미터를 모델에 담을 수 "
        "있습니다. 그냥 두면 라우터는 곧 몇몇 전문가에게만 토큰을 몰아 주는데, 균형 손실이 토큰을 고루 나누게 합니다.\n"
        "해 보기: 전문가 4개에 topK를 1과 2로 두고, 폭이 같은 피드포워드 하나와 비교해 보세요. 균형 손실을 0으로 두고 "
        "토큰이 어디로 쏠리는지(model.<id>.load) 살펴보세요.",
    )
    formula = {
        "normalizeTopK": {
            True: (*_ROUTED, r"w_e = \frac{p_e}{\sum_{j \in \text{top}_k} p_j}", _BALANCE),
            False: (*_ROUTED, r"w_e = p_e", _BALANCE),
        },
        "actFunc": ACTIVATION_FORMULAS,
    }
    letters = Text(
        en="F_e is expert e of E, p_e its share by the router R; only the topK best (top_k) work. L is the balance loss, c its "
        "strength; n_e counts how often a token chose e, and p̄_e is the mean of p_e; φ is the experts' activation.",
        ko="F_e는 전문가 E개 가운데 e번째이고, p_e는 라우터 R이 준 몫입니다. 가장 높은 topK개(top_k)만 일합니다. L은 균형 손실, "
        "c는 그 세기, n_e는 토큰당 e가 뽑힌 횟수, p̄_e는 p_e의 평균입니다. φ는 전문가의 활성화 함수입니다.",
    )
    papers = (
        Paper("https://arxiv.org/abs/1701.06538", "Shazeer et al. 2017"),
        Paper(
            "https://arxiv.org/abs/2101.03961",
            "Fedus et al. 2021 (Switch), section 2.2",
            "Fedus et al. 2021 (Switch), 2.2절",
        ),
        Paper(
            "https://arxiv.org/abs/2401.04088",
            "Jiang et al. 2024 (Mixtral), section 2.1",
            "Jiang et al. 2024 (Mixtral), 2.1절",
        ),
    )
    starts_with = {"numExperts": 4, "topK": 2, "feedForwardType": "Gated", "actFunc": "SwiGLU", "balanceLoss": 0.01}

    num_experts: int = described(
        8,
        title=Text(en="Experts", ko="전문가 수"),
        help=Text(
            en="How many feed-forward networks there are to choose from.",
            ko="골라 쓸 피드포워드 네트워크의 수입니다.",
        ),
        ge=1,
        le=MOST_EXPERTS,
    )
    top_k: int = described(
        2,
        title=Text(en="Experts per token", ko="토큰당 전문가 수"),
        help=Text(en="How many of them work on each token.", ko="토큰 하나를 처리할 전문가의 수입니다."),
        ge=1,
        le=MOST_EXPERTS,
    )
    normalize_top_k: bool = described(
        True,
        title=Text(en="Weights add up to 1", ko="가중치의 합을 1로"),
        help=Text(
            en="On: the chosen experts share the whole weight (Mixtral). Off: each keeps its share among all experts (Switch).",
            ko="켜면 고른 전문가들끼리 가중치 1을 나누어 갖습니다(Mixtral). 끄면 전체 전문가 가운데서 받은 몫을 그대로 씁니다(Switch).",
        ),
    )
    balance_loss: float = described(
        0.0,
        title=Text(en="Balance loss", ko="균형 손실"),
        help=Text(
            en="How strongly training asks for tokens spread evenly over the experts; 0.01 is usual, 0 switches it off.",
            ko="토큰을 전문가들에게 고루 나누도록 학습에서 얼마나 세게 요구할지 정합니다. 보통 0.01이고, 0이면 끕니다.",
        ),
        ge=0,
        le=MOST,
    )

    def problems(self, place: Place) -> Iterator[Problem]:
        yield from super().problems(place)
        if self.top_k > self.num_experts:
            yield self.problem(
                "topK",
                en=f"Each token should use {self.top_k} experts, but there are {self.num_experts}. "
                f"Choose 1 to {self.num_experts}, or add experts.",
                ko=f"토큰마다 전문가 {self.top_k}개를 쓰려는데 전문가는 {self.num_experts}개입니다. "
                f"1에서 {self.num_experts} 사이에서 고르거나 전문가를 늘리세요.",
                mend={"topK": self.num_experts},
                mend_title=say(en=f"Use {self.num_experts} per token", ko=f"토큰당 {self.num_experts}개로 바꾸기"),
            )
        elif self.top_k == 1 and self.normalize_top_k and self.num_experts > 1:
            yield self.problem(
                "normalizeTopK",
                severity="warning",
                en="With one expert per token the weight is always 1, so the router learns nothing from the loss. "
                "Switch the sum to 1 off, as Switch does, or use two experts per token.",
                ko="토큰마다 전문가가 하나면 가중치가 늘 1이어서 라우터가 손실에서 아무것도 배우지 못합니다. "
                "Switch처럼 합을 1로 맞추지 말거나, 토큰당 두 개를 쓰세요.",
                mend={"normalizeTopK": False},
                mend_title=say(en="Keep the shares as they are", ko="몫을 그대로 쓰기"),
            )

    def module(self, place: Place) -> nn.Module:
        module = RoutedExperts(
            place.width,
            [self.feed_forward(place.width) for _ in range(self.num_experts)],
            self.top_k,
            normalize=self.normalize_top_k,
            balance=self.balance_loss,
        )
        module.zero_init = self.zero_init
        return module


class RoutedExperts(nn.Module):
    """The sum of the chosen experts' results, weighted by the router.

    Shape:
        (B, T, C) -> (B, T, C)

    Args:
        width: C.
        experts: E feed-forward networks from C channels to C.
        top_k: k, how many experts work on each token.
        normalize: Whether the weights of the chosen are brought to a sum of 1.
        balance: The coefficient of the balance loss; 0 for none.

    Attributes:
        balance_loss: What training adds to its loss, a scalar of the last forward pass in training mode; else None.
        load: The share of the last forward pass's choices that each expert got, (E,); evenly spread it is 1 / E.

    Source: Jiang et al. 2024 (Mixtral), section 2.1; Fedus et al. 2021 (Switch), equations 4 to 6 (balance).
    """

    zero_init = False

    def __init__(
        self,
        width: int,
        experts: list[StandardFeedForward | GatedFeedForward],
        top_k: int,
        normalize: bool = True,
        balance: float = 0.0,
    ) -> None:
        super().__init__()
        self.router = nn.Linear(width, len(experts), bias=False)
        self.experts = nn.ModuleList(experts)
        self.top_k, self.normalize, self.balance = top_k, normalize, balance
        self.balance_loss: Tensor | None = None
        self.load: Tensor | None = None

    @property
    def output_projection(self) -> tuple[nn.Linear, ...]:
        """The matrices that write into the residual stream, one of each expert."""
        return tuple(expert.output_projection for expert in self.experts)  # pyright: ignore[reportReturnType]

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.flatten(0, 1)  # (N, C), N = B T
        shares = self.router(tokens).softmax(-1, dtype=torch.float32)  # (N, E)
        weights, chosen = shares.topk(self.top_k, dim=-1)  # (N, k) each
        if self.normalize:
            weights = weights / weights.sum(-1, keepdim=True)
        order = chosen.flatten().argsort(stable=True)  # (N k): the choices, expert by expert
        parts = tokens[order // self.top_k].split(self._count(chosen, shares))
        results = [expert(part) for expert, part in zip(self.experts, parts, strict=False)]
        y = torch.cat(results)[order.argsort()].unflatten(0, weights.shape)  # (N, k, C): back to the tokens
        return (y * weights[..., None].to(y.dtype)).sum(1).view_as(x)  # (B, T, C)

    def _count(self, chosen: Tensor, shares: Tensor) -> list[int]:
        """How many choices fell on each expert; keeps the load and the balance loss."""
        E, choices = len(self.experts), chosen.numel()
        if chosen.is_meta:
            # Only shapes flow, so there is nothing to count. One expert that takes all costs what all cost that share.
            return [choices]
        counts = F.one_hot(chosen, E).sum((0, 1))  # (E,)
        self.load = counts / choices
        self.balance_loss = None
        if self.training and self.balance:
            chosen_per_token = counts / len(chosen)
            self.balance_loss = self.balance * E * (chosen_per_token * shares.mean(0)).sum()
        return counts.tolist()

    def __getstate__(self) -> dict[str, Any]:
        # A loss belongs to its pass: torch copies no tensor that still knows how it was computed.
        return {**self.__dict__, "balance_loss": None}
