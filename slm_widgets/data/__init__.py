"""Text -> token ids -> windows -> batches.

corpus.py      a text and what is known about it      char.py        a token is a character
catalogue.py   built-in corpora, ``load_corpus``      byte.py        a token is a byte
text_file.py   reads a file, or says why not          gpt2.py        a token is a piece of a word
tales/         stories from a grammar of our own      tokenizers.py  ``load_tokenizer``
windows.py     ids -> windows -> batches              dataset.py     all of it together: ``prepare``
"""

from slm_widgets.data.catalogue import CorpusInfo, corpora, default_corpus, load_corpus
from slm_widgets.data.corpus import Corpus
from slm_widgets.data.dataset import Dataset, prepare
from slm_widgets.data.tokenizer import Tokenizer
from slm_widgets.data.tokenizers import load_tokenizer
from slm_widgets.data.windows import Batches, Windows, count_evaluation_batches, evaluation_batches

__all__ = [
    "Batches",
    "Corpus",
    "CorpusInfo",
    "Dataset",
    "Tokenizer",
    "Windows",
    "corpora",
    "count_evaluation_batches",
    "default_corpus",
    "evaluation_batches",
    "load_corpus",
    "load_tokenizer",
    "prepare",
]
