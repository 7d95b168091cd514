"""The small presets learn: with a part of their own recipe each leaves behind what pairs of letters tell."""

import pytest
import torch

from slm_widgets.data import load_corpus, load_tokenizer, prepare
from slm_widgets.model import build_model
from slm_widgets.stack import fill_vocabulary, preset, presets
from slm_widgets.training import Evaluation, TrainConfig, train_events

# The shape is what is tried here; shakespeare-char-cpu has a text of its own (tests/running/test_tiny_shakespeare.py).
NANO = [info.name for info in presets() if info.name.endswith("-nano")]


@pytest.fixture(scope="module")
def material():
    corpus = load_corpus("tiny-tales-en")
    tokenizer = load_tokenizer("char", corpus)
    return corpus, tokenizer, prepare(corpus, tokenizer, 64)


def bigram_loss(ids, vocab_size):
    """The loss of the best guess from one letter to the next, nats per token."""
    counts = torch.zeros(vocab_size, vocab_size).index_put_((ids[:-1], ids[1:]), torch.tensor(1.0), accumulate=True)
    chances = counts / counts.sum(1, keepdim=True).clamp(min=1)
    return -(counts.xlogy(chances)).sum().item() / (len(ids) - 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", NANO)
def test_a_small_preset_is_soon_better_than_pairs_of_letters(name, material):
    corpus, tokenizer, dataset = material
    pairs = bigram_loss(tokenizer.encode(corpus.text), tokenizer.vocab_size)
    stack = fill_vocabulary(preset(name), tokenizer.vocab_size)
    config = TrainConfig(**{**stack.config["training"], "max_steps": 300, "sample_every": 0, "eval_every": 300})
    events = train_events(build_model(stack), dataset, tokenizer, config)
    (before, after) = (event.val_loss for event in events if isinstance(event, Evaluation))
    print(f"{name}: {before:.2f} -> {after:.2f}, pairs of letters {pairs:.2f}")
    assert after < pairs - 0.1  # clear of what pairs can tell, with room for other numbers of threads
