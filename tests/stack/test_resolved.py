"""What the editor shows in a field that was left empty."""

from slm_widgets.stack.analysis import analyse

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 48}}


def resolved(*nodes):
    return {name: row.get("resolved") for name, row in analyse([TOKENS, *nodes])["layers"].items()}


def test_an_empty_field_is_told_what_it_is_inferred_to_be():
    rotary = {"type": "positionalEmbedding", "data": {"id": "positions", "posType": "rotary", "ctxLength": 32}}
    attention = {"type": "mhAttention", "data": {"id": "attention", "numHeads": 4, "qkvBias": True}}
    found = resolved(rotary, attention, {"type": "feedForward", "data": {"id": "ffn"}})
    assert found["attention"].items() >= {"ctxLength": 32, "isRoPE": True, "projBias": True}.items()
    assert found["ffn"].items() >= {"hiddenDim": 192, "bias": True}.items()  # four times the width


def test_the_head_is_told_the_vocabulary():
    assert resolved({"type": "linear", "data": {"id": "head"}})["head"] == {"outDim": 11}


def test_a_layer_that_is_not_understood_is_told_nothing():
    assert resolved({"type": "feedForward", "data": {"id": "ffn", "hiddenDim": "wide"}}).get("ffn") is None
