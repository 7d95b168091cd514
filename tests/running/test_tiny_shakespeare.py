"""The field's tutorial text, with nanoGPT's recipe for a CPU, reaches the loss that nanoGPT reaches."""

import pytest

import slm_widgets as slm

# nanoGPT's own code reaches 1.90 to 1.92 with this recipe, by seed (measured on two cores), and prints 1.88 in its README.
NANOGPT_AND_A_LITTLE = 1.94


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_shakespeare_char_cpu_reaches_nanogpts_validation_loss(shared_data, tmp_path, capsys):
    stack = slm.preset("shakespeare-char-cpu")
    recipe = {**stack.config["training"], "eval_every": 1000, "eval_batches": 100, "sample_every": 0}
    for key, value in {"max_steps": 2000, "batch_size": 12, "lr": 1e-3, "min_lr": 1e-4, "warmup_steps": 100}.items():
        assert recipe[key] == value
    corpus = slm.load_corpus(shared_data / "tinyshakespeare.txt")
    run = slm.train(stack, corpus, "char", recipe, folder=tmp_path / "run", track=False).wait()
    assert run.tokenizer.vocab_size == 65
    assert run.history["val_step"][-1] == 2000
    loss, seconds = run.history["val_loss"][-1], run.history["val_elapsed_s"][-1]
    with capsys.disabled():
        print(f"\nTiny Shakespeare, 2,000 steps: validation loss {loss:.3f} after {seconds:.0f} s")
    assert loss <= NANOGPT_AND_A_LITTLE


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_shakespeare_fast_is_there_in_a_tenth_of_the_steps_and_ends_far_below(shared_data, tmp_path, capsys):
    stack = slm.preset("shakespeare-fast")
    given = {**stack.config["training"], "sample_every": 0, "precision": "fp32", "compile": "off", "device": "cpu"}
    corpus = slm.load_corpus(shared_data / "tinyshakespeare.txt")
    run = slm.train(stack, corpus, "char", given, folder=tmp_path / "run", track=False).wait()
    losses = dict(zip(run.history["val_step"], run.history["val_loss"], strict=True))
    with capsys.disabled():
        print("\n" + ", ".join(f"step {step:.0f}: {loss:.3f}" for step, loss in losses.items()))
    # What the plain recipe's 2,000 steps come to; a step of this one takes two to three times as long (tests/bench).
    assert min(loss for step, loss in losses.items() if step <= 200) <= 1.91
    assert losses[max(losses)] < 1.72
