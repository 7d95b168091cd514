"""``slm-widgets export``: code of a design, a Hugging Face folder of a run."""

from pathlib import Path

import torch
from safetensors.torch import load_model
from transformers import AutoModelForCausalLM, AutoTokenizer

from slm_widgets.cli import main
from slm_widgets.library import load_run
from slm_widgets.stack import preset

TRAINED = ["--steps", "2", "--batch-size", "2", "--no-track", "--folder", "mine"]


def test_a_trained_run_is_taken_home_as_code_and_as_a_hugging_face_folder(text, capsys):
    main(["train", "--preset", "llama-nano", "--corpus", str(text), *TRAINED])
    assert main(["export", "mine", "--code", "model.py", "--huggingface", "home"]) == 0
    run = load_run("mine")
    ids = torch.randint(0, run.model.vocab_size, (2, 9))
    written: dict = {"__name__": "model"}
    exec(compile(Path("model.py").read_text(encoding="utf-8"), "model.py", "exec"), written)
    model = written["LanguageModel"]()
    load_model(model, "mine/model.safetensors")  # as the file's first lines say
    expected = run.model(ids)
    torch.testing.assert_close(model.eval()(ids), expected, rtol=1e-5, atol=1e-5)
    theirs = AutoModelForCausalLM.from_pretrained("home").eval()
    torch.testing.assert_close(theirs(ids).logits, expected, rtol=1e-5, atol=1e-5)
    words = text.read_text(encoding="utf-8")[:20]
    assert AutoTokenizer.from_pretrained("home").encode(words) == run.tokenizer.encode(words).tolist()
    assert "mine/model.safetensors" in capsys.readouterr().out


def test_a_preset_and_a_saved_design_are_written_as_code(tmp_path, capsys):
    assert main(["export", "gpt2-nano", "--code", "one.py"]) == 0
    preset("gpt2-nano").save(tmp_path / "mine.slm.json")
    assert main(["export", str(tmp_path / "mine.slm.json"), "--code", "two.py"]) == 0
    assert Path("one.py").read_text(encoding="utf-8") == Path("two.py").read_text(encoding="utf-8")


def test_what_cannot_be_exported_is_said_in_a_sentence(capsys):
    assert main(["export", "gpt2-nano"]) == 2
    assert "--code model.py, --huggingface FOLDER" in capsys.readouterr().err
    assert main(["export", "gpt2-nano", "--huggingface", "home"]) == 2
    assert "without weights" in capsys.readouterr().err
    assert main(["export", "gpt-nano", "--code", "x.py"]) == 2
    assert "Did you mean gpt2-nano?" in capsys.readouterr().err
    assert main(["export", "nowhere/mine.json", "--code", "x.py"]) == 2
    assert "There is no file" in capsys.readouterr().err


def test_a_file_that_is_there_is_replaced_only_when_asked(capsys):
    Path("mine.py").write_text("# edited by hand", encoding="utf-8")
    assert main(["export", "gpt2-nano", "--code", "mine.py"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert Path("mine.py").read_text(encoding="utf-8") == "# edited by hand"
    assert main(["export", "gpt2-nano", "--code", "mine.py", "--overwrite"]) == 0
    assert main(["export", "gpt2-nano", "--code", "nowhere/mine.py"]) == 2
    assert "cannot be written" in capsys.readouterr().err
