"""``export_huggingface``: a model -> a folder that transformers reads."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from torch import Tensor

from slm_widgets.errors import ExportError
from slm_widgets.export.huggingface.decoder import Decoder, find_decoder
from slm_widgets.export.huggingface.families import choose_family
from slm_widgets.export.huggingface.family import Family
from slm_widgets.export.huggingface.folder import MARK, replace_folder
from slm_widgets.export.huggingface.tokenizers import tokenizer_files
from slm_widgets.language import say
from slm_widgets.model import LanguageModel
from slm_widgets.stack.check import examine
from slm_widgets.stack.presets.parts import Json


def export_huggingface(
    run_or_model: Any,
    folder: str | os.PathLike[str],
    tokenizer: Any = None,
    *,
    family: str | None = None,
    overwrite: bool = False,
) -> Path:
    """Writes a model so that transformers loads it (version 5 or 4), offline: ``AutoModelForCausalLM.from_pretrained(folder)``.

    The design decides the family: GPT-2, GPT-Neo, Llama, Mistral or Qwen 3, the plainest that can say it. The folder's model
    gives the same logits. Where a family always has a bias or a norm's scale and the design has none (GPT-2 without biases),
    zeros or ones are written: the same logits, but read back in, the design has them.

    Args:
        run_or_model: A run, or a model.
        folder: Where to; made if it is not there. It is whole or not there at all.
        tokenizer: For a bare model: a char, byte or gpt2 tokenizer, so that ``AutoTokenizer`` loads too. Of a run it is the run's.
        family: A ``model_type`` (``"llama"``), to have just that one.
        overwrite: Replace a model's folder that is there already. One that this function wrote is replaced anyway.

    Returns:
        The folder.

    Raises:
        ExportError: where no family can say the design (``layer_id`` is the layer that stands in the way), for a tokenizer that
            has no such form, or a folder that must not be replaced.
    """
    model = _model(run_or_model)
    tokenizer = tokenizer if tokenizer is not None else getattr(run_or_model, "tokenizer", None)
    decoder = find_decoder(examine(model.stack, model.vocab_size))
    chosen = choose_family(decoder, family)
    files = {} if tokenizer is None else tokenizer_files(tokenizer, model.vocab_size, decoder.context_length)
    end_of_text = getattr(tokenizer, "end_of_text_id", None)
    files["config.json"] = _settings(chosen, decoder, model, end_of_text)
    files["generation_config.json"] = {"bos_token_id": end_of_text, "eos_token_id": end_of_text, "pad_token_id": None}

    def write(place: Path) -> None:
        for name, content in files.items():
            text = json.dumps(content, ensure_ascii=False, indent=2)
            (place / name).write_text(text + "\n", encoding="utf-8")
        (place / "README.md").write_text(_card(chosen, model, tokenizer is not None), encoding="utf-8")
        save_file(_tensors(chosen, decoder, model), place / "model.safetensors", metadata={"format": "pt"})

    return replace_folder(Path(folder).expanduser(), write, overwrite)


def _model(run_or_model: Any) -> LanguageModel:
    model = run_or_model if isinstance(run_or_model, LanguageModel) else getattr(run_or_model, "model", None)
    if isinstance(model, LanguageModel):
        return model
    given = type(run_or_model).__name__
    raise ExportError(
        say(
            en=f"A {given} without a model cannot be written. Pass a run that has trained (from slm.train or slm.load_run), or a "
            "model (from slm.build_model).",
            ko=f"모델이 없는 {given} 객체는 쓸 수 없습니다. 학습한 실행(slm.train 또는 slm.load_run)이나 모델(slm.build_model)을 주세요.",
        ),
        field="run_or_model",
    )


def _settings(family: Family, decoder: Decoder, model: LanguageModel, end_of_text: int | None) -> Json:
    dtype = str(next(model.parameters()).dtype).removeprefix("torch.")
    return {
        "architectures": [family.architecture],
        "model_type": family.model_type,
        **family.config(decoder),
        "tie_word_embeddings": decoder.head.layer.weight_tying,
        "bos_token_id": end_of_text,
        "eos_token_id": end_of_text,
        "pad_token_id": None,
        "dtype": dtype,  # version 5
        "torch_dtype": dtype,  # version 4
        MARK: True,
    }


def _tensors(family: Family, decoder: Decoder, model: LanguageModel) -> dict[str, Tensor]:
    """Their tensors by their full names; a shared matrix once."""
    ours = model.state_dict()
    dtype = next(model.parameters()).dtype
    return {
        family.full_name(name): tensor.to(dtype)
        for weight in family.weights(decoder)
        for name, tensor in weight.to_theirs(ours.get(weight.ours)).items()
    }


def _card(family: Family, model: LanguageModel, with_tokenizer: bool) -> str:
    count = sum(parameter.numel() for parameter in model.parameters())
    names = "AutoModelForCausalLM, AutoTokenizer" if with_tokenizer else "AutoModelForCausalLM"
    about = say(
        en=f"A language model of {count:,} parameters in the shape of {family.title}, made with slm_widgets.",
        ko=f"slm_widgets로 만든, 파라미터 {count:,}개의 {family.title} 모양 언어 모델입니다.",
    )
    tokenizer = '\ntokenizer = AutoTokenizer.from_pretrained("this/folder")' if with_tokenizer else ""
    return f"""---
library_name: transformers
pipeline_tag: text-generation
---

# {model.stack.name}

{about}

```python
from transformers import {names}

model = AutoModelForCausalLM.from_pretrained("this/folder"){tokenizer}
```
"""
