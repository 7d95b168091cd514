from __future__ import annotations

import pytest

from slm_widgets.data import load_tokenizer
from slm_widgets.errors import ConfigError, CorpusError, LayerStackError, RunError, TokenizerError, TrainingError
from slm_widgets.library import runs, runs_folder
from slm_widgets.running import Run, train
from slm_widgets.stack import fill_vocabulary, parse_stack
from slm_widgets.training import TrainConfig
from tests.small_runs import DESIGN, SETTINGS, model_of, small_corpus


def _with(node_id, **data):
    layers = [
        {**node, "data": {**node["data"], **(data if node["data"]["id"] == node_id else {})}}
        for node in DESIGN["layer_stack"]
    ]
    return {**DESIGN, "layer_stack": layers}


WITHOUT_DROPOUT = [
    {"type": "tokenEmbedding", "data": {"id": "tokens", "embDim": 8}},
    {"type": "linear", "data": {"id": "head"}},
]


@pytest.mark.parametrize(
    ("error", "options", "field"),
    [
        (ConfigError, {"config": {**SETTINGS, "batch_size": 0}}, "batch_size"),
        (ConfigError, {"config": {**SETTINGS, "learning_rate": 1}}, "learning_rate"),
        (ConfigError, {"config": 5}, "config"),
        (ConfigError, {"config": {**SETTINGS, "context_length": 33}}, "context_length"),
        (ConfigError, {"config": {**SETTINGS, "epochs": 0.001, "warmup_steps": 19}}, "warmup_steps"),
        (ConfigError, {"stack": {**DESIGN, "config": {"training": {"lr": "high"}}}, "config": None}, "lr"),
        (ConfigError, {"stack": WITHOUT_DROPOUT, "config": {**SETTINGS, "dropout": 0.1}}, "dropout"),
        (ConfigError, {"config": {**SETTINGS, "precision": "fp16"}}, "precision"),
        (CorpusError, {"corpus": small_corpus("The cat.")}, None),
        (CorpusError, {"corpus": "no such corpus"}, None),
        (TokenizerError, {"tokenizer": "no such tokenizer"}, None),
        (TokenizerError, {"config": {**SETTINGS, "sample_every": 5, "sample_prompt": "고양이"}}, None),
        (LayerStackError, {"stack": "gpt2-nanoo"}, None),
        (LayerStackError, {"stack": "a long sentence " * 30}, None),
        (LayerStackError, {"stack": "long/" + "sentence " * 50}, None),
        (CorpusError, {"corpus": "a long sentence " * 30}, None),
        (TokenizerError, {"tokenizer": "a long sentence " * 30}, None),
        (TrainingError, {"stack": _with("block", numOfBlocks=1_000_000)}, None),
        (LayerStackError, {"stack": "{not json"}, None),
        (LayerStackError, {"stack": _with("tokens", embDim=-1)}, "embDim"),
        (LayerStackError, {"stack": _with("tokens", vocabSize=3)}, "vocabSize"),
    ],
)
def test_bad_input_is_refused_by_the_call_itself_and_leaves_no_folder(error, options, field):
    arguments = {"stack": DESIGN, "corpus": small_corpus(), "tokenizer": "char", "config": SETTINGS, **options}
    with pytest.raises(error) as caught:
        train(**arguments, track=False)
    if field is not None:
        assert caught.value.field == field
    assert runs() == []


@pytest.mark.parametrize("where", ["stack.LayerStack.save", "lines.LineWriter.__init__"])
def test_full_disk_is_told_by_the_call_itself_and_leaves_no_folder(monkeypatch, where):
    def fails(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"slm_widgets.{where}", fails)
    with pytest.raises(RunError, match="No space left") as caught:
        train(DESIGN, small_corpus(), config=SETTINGS, track=False)
    assert caught.value.field == "folder"
    assert list(runs_folder().iterdir()) == []


def test_failure_of_any_kind_before_the_start_leaves_no_folder(monkeypatch):
    monkeypatch.setattr(Run, "__init__", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(DESIGN, small_corpus(), config=SETTINGS, track=False)
    assert list(runs_folder().iterdir()) == []


def test_folder_in_use_is_refused_by_the_call_itself(tmp_path):
    used = tmp_path / "used"
    used.mkdir()
    (used / "x").write_text("")
    with pytest.raises(RunError):
        train(DESIGN, small_corpus(), config=SETTINGS, folder=used, track=False)


def test_design_brings_its_own_recipe():
    stack = parse_stack({**DESIGN, "config": {**DESIGN["config"], "training": {**SETTINGS, "max_steps": 3}}})
    run = train(stack, small_corpus(), track=False).wait()
    assert run.config == TrainConfig(**{**SETTINGS, "max_steps": 3})
    assert run.step == 3


def test_design_file_tokenizer_and_config_may_be_objects_or_names(tmp_path):
    corpus = small_corpus()
    stack = fill_vocabulary(parse_stack(DESIGN), 100)
    stack.save(tmp_path / "design.slm.json")
    tokenizer = load_tokenizer("char", corpus)
    run = train(tmp_path / "design.slm.json", corpus, tokenizer, TrainConfig(**SETTINGS), track=False).wait()
    assert model_of(run).vocab_size == 100
    assert run.tokenizer is tokenizer
    again = train(
        str(tmp_path / "design.slm.json"), corpus, config=SETTINGS, folder=tmp_path / "mine", track=False
    ).wait()
    assert again.folder == tmp_path / "mine"
