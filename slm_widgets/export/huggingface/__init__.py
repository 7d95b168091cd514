"""Models in the format of Hugging Face's transformers, read and written without it.

reading.py      ``import_huggingface``         families.py    the list of families
writing.py      ``export_huggingface``         family.py      what a family is; gpt2.py, gpt_neo.py, llama.py, ...: each one
config_file.py  reads config.json              weights.py     which tensor is which
checkpoint.py   reads safetensors              drawing.py     settings -> a design
folder.py       a folder, whole or not at all  decoder.py     a design -> the places of a decoder
tokenizers.py   writes tokenizer.json          rope.py        rotary positions in config.json
"""

from slm_widgets.export.huggingface.reading import import_huggingface
from slm_widgets.export.huggingface.writing import export_huggingface

__all__ = ["export_huggingface", "import_huggingface"]
