import pytest

from slm_widgets.language import LANGUAGES, use_language
from slm_widgets.layers import Problem
from slm_widgets.stack import check_stack

TOKENS = {"type": "tokenEmbedding", "data": {"id": "tokens", "vocabSize": 11, "embDim": 16}}
HEAD = {"type": "linear", "data": {"id": "head"}}

WITH_A_MEND = {
    "SwiGLU without a gate": ("feedForward", {"actFunc": "SwiGLU"}, {"feedForwardType": "Gated"}),
    "SwiGLU experts without a gate": ("mixtureOfExperts", {"actFunc": "SwiGLU"}, {"feedForwardType": "Gated"}),
    "too many experts per token": ("mixtureOfExperts", {"numExperts": 3, "topK": 4}, {"topK": 3}),
    "a router that cannot learn": ("mixtureOfExperts", {"topK": 1}, {"normalizeTopK": False}),
    "a tied matrix from zero": ("linear", {"weightTying": True, "zeroInit": True}, {"zeroInit": None}),
    "windows for each channel": ("causalConvolution", {"depthwise": True, "outDim": 20}, {"outDim": None}),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("type_name", "data", "mend"), WITH_A_MEND.values(), ids=WITH_A_MEND)
def test_a_mend_takes_its_problem_away(type_name, data, mend, language):
    with use_language(language):
        design = [TOKENS, {"type": type_name, "data": {"id": "it", **data}}, HEAD]
        (problem,) = check_stack(design)
        assert problem.mend == mend
        assert any("가" <= c <= "힣" for c in problem.mend_title) == (language == "ko")
        assert problem.mend_title
        mended = {key: value for key, value in {**design[1]["data"], **problem.mend}.items() if value is not None}
        assert check_stack([TOKENS, {"type": type_name, "data": mended}, HEAD]) == []


def test_a_mend_travels_as_json_and_a_problem_without_one_has_none():
    with_mend = Problem("a", "numHeads", "error", "No.", "Layer 1", {"numHeads": 4}, "Set 4")
    assert with_mend.to_json() == {
        "layer_id": "a",
        "field": "numHeads",
        "severity": "error",
        "text": "No.",
        "place": "Layer 1",
        "mend": {"numHeads": 4},
        "mend_title": "Set 4",
        "message": "Layer 1: No.",
    }
    without = Problem("a", None, "error", "No.")
    assert (without.to_json()["mend"], without.to_json()["mend_title"]) == (None, "")
    assert len({with_mend, without}) == 2
