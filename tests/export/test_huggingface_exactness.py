"""Models of transformers' and ours are one and the same, read in and written out: logits, gradients, weights."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from transformers import AutoModelForCausalLM

from slm_widgets.export import export_huggingface, import_huggingface
from slm_widgets.export.huggingface.decoder import find_decoder
from slm_widgets.export.huggingface.families import FAMILIES
from slm_widgets.stack.check import examine
from tests.export.huggingface_cases import (
    CONFIGS,
    VOCABULARY,
    Journey,
    difference,
    their_model,
    token_ids,
)

CLOSE = 1e-5


@pytest.fixture(scope="module", params=CONFIGS)
def journey(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    folder = tmp_path_factory.mktemp("model")
    theirs = their_model(CONFIGS[request.param])
    theirs.save_pretrained(folder / "saved")
    stack, ours = import_huggingface(folder / "saved")
    exported = export_huggingface(ours, folder / "exported")
    return Journey(theirs, folder / "saved", stack, ours, exported)


@torch.no_grad()
def test_their_model_read_in_gives_the_same_logits(journey: Journey) -> None:
    ids = token_ids()
    assert difference(journey.ours(ids), journey.theirs(ids).logits) <= CLOSE
    assert not journey.ours.training
    assert {parameter.dtype for parameter in journey.ours.parameters()} == {torch.float32}


@torch.no_grad()
def test_texts_padded_on_the_right_give_the_same_logits_where_there_is_text(journey: Journey) -> None:
    ids = token_ids()
    lengths = torch.tensor([61, 40, 9])
    real = torch.arange(61) < lengths[:, None]
    theirs = journey.theirs(ids, attention_mask=real.long()).logits
    assert difference(journey.ours(ids)[real], theirs[real]) <= CLOSE


def test_gradients_agree(journey: Journey) -> None:
    ids = token_ids()
    for model, logits in ((journey.theirs, journey.theirs(ids).logits), (journey.ours, journey.ours(ids))):
        model.zero_grad()
        F.cross_entropy(logits[:, :-1].reshape(-1, VOCABULARY), ids[:, 1:].reshape(-1)).backward()
    family = FAMILIES[journey.theirs.config.model_type]
    theirs = {name: p.grad for name, p in journey.theirs.named_parameters()}
    ours = {name: p.grad for name, p in journey.ours.named_parameters()}
    seen = set()
    for weight in family.weights(find_decoder(examine(journey.stack))):
        wanted = weight.to_ours([theirs[family.full_name(name)] for name in weight.theirs])
        # Some are zero but for rounding (keys' biases: softmax does not see them), so there is a floor.
        scale = max(wanted.abs().max().item(), 1e-2)
        assert (ours[weight.ours] - wanted).abs().max().item() <= CLOSE * scale, weight.ours
        seen.add(weight.ours)
    assert seen == set(ours)


@torch.no_grad()
def test_what_is_written_loads_in_transformers_whole_and_gives_the_same_logits(journey: Journey) -> None:
    again, loading = AutoModelForCausalLM.from_pretrained(journey.exported, output_loading_info=True)
    assert not any(loading.values()), loading
    assert type(again) is type(journey.theirs)
    ids = token_ids()
    assert difference(again(ids).logits, journey.ours(ids)) <= CLOSE
    for name, tensor in journey.theirs.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor), name


def test_written_and_read_in_it_is_the_same_design_with_the_same_weights(journey: Journey) -> None:
    stack, model = import_huggingface(journey.exported)
    assert stack.layers == journey.stack.layers
    assert model.state_dict().keys() == journey.ours.state_dict().keys()
    for name, tensor in journey.ours.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor), name
