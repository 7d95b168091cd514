"""The folder that is written: a run's too, whole or not at all, and never over somebody else's files."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from safetensors import safe_open
from transformers import AutoModelForCausalLM, AutoTokenizer

from slm_widgets.data import Corpus, load_tokenizer
from slm_widgets.errors import ExportError
from slm_widgets.export import export_huggingface, import_huggingface
from slm_widgets.export.huggingface import writing
from slm_widgets.model import LanguageModel, build_model
from slm_widgets.stack import fill_vocabulary, preset

FILES = {"README.md", "config.json", "generation_config.json", "model.safetensors"}


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return build_model(preset("gpt2-nano"))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_run_is_written_with_its_tokenizer_and_continues_a_text_in_transformers(tmp_path: Path) -> None:
    tokenizer = load_tokenizer("char", Corpus("c", "옛날에 여우가 살았어요. The fox ran home.\n"))
    run = SimpleNamespace(
        model=build_model(fill_vocabulary(preset("llama-nano"), tokenizer.vocab_size)), tokenizer=tokenizer
    )
    folder = export_huggingface(run, tmp_path / "new" / "fox")
    assert folder == tmp_path / "new" / "fox"
    assert names(folder) == FILES | {"tokenizer.json", "tokenizer_config.json"}
    theirs, spelling = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    ids = spelling("여우가", return_tensors="pt").input_ids
    written = theirs.generate(ids, max_new_tokens=8, do_sample=False, pad_token_id=0)[0]
    ours = ids
    with torch.no_grad():
        for _ in range(8):
            ours = torch.cat((ours, run.model.eval()(ours)[:, -1:].argmax(-1)), dim=1)
    assert written.tolist() == ours[0].tolist()
    assert spelling.decode(written) == tokenizer.decode(ours[0])


def test_shared_weights_are_written_once(model: LanguageModel, tmp_path: Path) -> None:
    folder = export_huggingface(model, tmp_path / "model")
    with safe_open(folder / "model.safetensors", framework="pt") as file:
        assert file.metadata() == {"format": "pt"}
        assert "transformer.wte.weight" in file.keys()  # noqa: SIM118 (not a dict)
        assert "lm_head.weight" not in file.keys()  # noqa: SIM118
    assert model.stack.name in (folder / "README.md").read_text(encoding="utf-8")


def test_training_goes_on_as_it_was(model: LanguageModel, tmp_path: Path) -> None:
    model.train()
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    export_huggingface(model, tmp_path / "model")
    assert model.training
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())


def test_a_folder_that_we_wrote_is_replaced_and_its_old_tokenizer_goes(model: LanguageModel, tmp_path: Path) -> None:
    folder = export_huggingface(model, tmp_path / "model", load_tokenizer("byte"))
    assert "tokenizer.json" in names(folder)
    export_huggingface(build_model(preset("llama-nano")), folder)
    assert names(folder) == FILES
    assert json.loads((folder / "config.json").read_text(encoding="utf-8"))["model_type"] == "llama"
    assert names(tmp_path) == {"model"}


def test_an_empty_folder_is_filled(model: LanguageModel, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert names(export_huggingface(model, tmp_path / "empty")) == FILES


def test_a_model_of_somebody_else_is_replaced_only_when_told(model: LanguageModel, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    AutoModelForCausalLM.from_pretrained(export_huggingface(model, tmp_path / "ours")).save_pretrained(folder)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(ExportError, match=r"did not write \(config\.json.*overwrite=True"):
        export_huggingface(model, folder)
    assert (folder / "notes.txt").read_text() == "mine"
    export_huggingface(model, folder, overwrite=True)
    assert names(folder) == FILES


@pytest.mark.parametrize("overwrite", [False, True])
def test_what_is_no_model_is_never_replaced(model: LanguageModel, tmp_path: Path, overwrite: bool) -> None:
    thesis = tmp_path / "thesis"
    (thesis / "chapters").mkdir(parents=True)
    (thesis / "config.json").write_text("{}")
    with pytest.raises(ExportError, match=r"did not write \(chapters, config\.json\)\. Choose another folder\.$"):
        export_huggingface(model, thesis, overwrite=overwrite)
    (tmp_path / "file").write_text("text")
    with pytest.raises(ExportError, match="is no folder"):
        export_huggingface(model, tmp_path / "file", overwrite=overwrite)
    (tmp_path / "link").symlink_to(thesis)
    with pytest.raises(ExportError, match="is no folder"):
        export_huggingface(model, tmp_path / "link", overwrite=overwrite)
    assert names(thesis) == {"chapters", "config.json"}
    assert (tmp_path / "file").read_text() == "text"


def test_a_disk_that_fills_up_leaves_what_was_there(
    model: LanguageModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = export_huggingface(model, tmp_path / "model")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fill_up(*_args: Any, **_keywords: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "save_file", fill_up)
    for place in (folder, tmp_path / "other"):
        with pytest.raises(ExportError, match="cannot be written: No space left on device"):
            export_huggingface(model, place)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert names(tmp_path) == {"model"}


@pytest.mark.parametrize("given", [None, "model", SimpleNamespace(model=None), torch.nn.Linear(1, 1)])
def test_what_has_no_model_is_a_sentence(given: Any, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"without a model cannot be written.*slm\.build_model") as caught:
        export_huggingface(given, tmp_path / "model")
    assert caught.value.field == "run_or_model"


def test_a_design_that_leaves_the_vocabulary_open_is_written_with_the_one_it_was_built_with(
    model: LanguageModel, tmp_path: Path
) -> None:
    stack, again = import_huggingface(export_huggingface(model, tmp_path / "my model"))
    assert again.vocab_size == model.vocab_size == 256
    assert (stack.name, stack.config["context_length"]) == ("my model", 64)
