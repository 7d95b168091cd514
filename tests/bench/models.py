"""Our built models beside transformers' own classes: forward + loss + backward, side by side in one process.

Prints ratios, theirs / ours: above 1.0 ours is faster. Then what a head of 50,257 tokens takes, in time and memory.

    python tests/bench/models.py                  # everything, on a CPU
    python tests/bench/models.py --quick          # tiny repeats: does it run?
    python tests/bench/models.py --device cuda
    python tests/bench/models.py --only head --repeats 5
"""

from __future__ import annotations

import argparse
import contextlib
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
import transformers
from torch import Tensor, nn
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

from slm_widgets.model import build_model
from slm_widgets.model.head_loss import head_loss
from slm_widgets.stack import preset

Step = Callable[[], None]

# Both sides of a shape: width, heads, key/value groups, blocks, context, hidden width, vocabulary, and the batch.
SHAPES = {
    "nano": {
        "width": 64,
        "heads": 4,
        "groups": 2,
        "blocks": 2,
        "context": 64,
        "hidden": 176,
        "vocabulary": 256,
        "batch": 32,
    },
    "30m": {
        "width": 384,
        "heads": 6,
        "groups": 3,
        "blocks": 6,
        "context": 256,
        "hidden": 1024,
        "vocabulary": 50_257,
        "batch": 4,
    },
}


def gpt2(width, heads, groups, blocks, context, hidden, vocabulary):
    """Our GPT-2 and transformers', of one shape; dropout 0, tied head, learned positions, biases."""
    document = preset("gpt2").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    tokens["data"].update(vocabSize=vocabulary, embDim=width)
    positions["data"].update(ctxLength=context)
    block["data"].update(numOfBlocks=blocks)
    block["children"][1]["data"].update(numHeads=heads)
    block["children"][4]["data"].update(hiddenDim=4 * width)
    config = GPT2Config(
        vocab_size=vocabulary, n_positions=context, n_embd=width, n_layer=blocks, n_head=heads, use_cache=False,
        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0, attn_implementation="sdpa",
    )  # fmt: skip
    return build_model(document), GPT2LMHeadModel(config)


def llama(width, heads, groups, blocks, context, hidden, vocabulary):
    """Our Llama and transformers', of one shape; grouped queries, tied head, no biases."""
    document = preset("llama-nano").to_json()
    tokens, positions, block, *_ = document["layer_stack"]
    tokens["data"].update(vocabSize=vocabulary, embDim=width)
    positions["data"].update(ctxLength=context)
    block["data"].update(numOfBlocks=blocks)
    block["children"][1]["data"].update(numHeads=heads, numKvGroups=groups)
    block["children"][4]["data"].update(hiddenDim=hidden)
    config = LlamaConfig(
        vocab_size=vocabulary, hidden_size=width, intermediate_size=hidden, num_hidden_layers=blocks,
        num_attention_heads=heads, num_key_value_heads=groups, max_position_embeddings=context, use_cache=False,
        rms_norm_eps=1e-5, tie_word_embeddings=True, bos_token_id=0, eos_token_id=0, attn_implementation="sdpa",
    )  # fmt: skip
    return build_model(document), LlamaForCausalLM(config)


FAMILIES = {"gpt2": gpt2, "llama": llama}


def autocast(device: str, precision: str) -> contextlib.AbstractContextManager:
    """bf16 by autocast, as training does it; fp32 as it is."""
    return torch.autocast(device, torch.bfloat16, enabled=precision == "bf16")


def training_step(model: nn.Module, loss: Callable[[], Tensor], device: str, precision: str) -> Step:
    """Forward, one loss, backward; no optimizer, which would be the same on both sides."""

    def step() -> None:
        model.zero_grad(set_to_none=True)
        with autocast(device, precision):
            value = loss()
        value.backward()

    return step


def steps_of_both(family: str, shape: dict, args: argparse.Namespace, mode: str, precision: str) -> tuple[Step, Step]:
    """One training step of ours and one of theirs, with the same ids and the same targets."""
    sizes = {name: value for name, value in shape.items() if name != "batch"}
    ours, theirs = (model.to(args.device).train() for model in FAMILIES[family](**sizes))
    mine, other = (sum(p.numel() for p in model.parameters()) for model in (ours, theirs))
    assert mine == other, (mine, other)
    random = torch.Generator().manual_seed(0)
    ids = torch.randint(0, shape["vocabulary"], (shape["batch"], shape["context"]), generator=random).to(args.device)
    targets = F.pad(ids[:, 1:], (0, 1), value=-100)  # what transformers makes of labels
    if mode == "compiled":
        ours.loss = torch.compile(ours.loss)  # a large head leaves the graph, as it works in pieces of its own
        theirs = torch.compile(theirs)
    return (
        training_step(ours, lambda: ours.loss(ids, targets), args.device, precision),
        training_step(theirs, lambda: theirs(input_ids=ids, labels=ids).loss, args.device, precision),
    )


def seconds(step: Step, device: str) -> float:
    """How long one call takes."""
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    step()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - start


def side_by_side(ours: Step, theirs: Step, args: argparse.Namespace) -> list[tuple[float, float]]:
    """Seconds of ours and theirs, taken in turn, so that what else the machine does slows both."""
    for _ in range(args.warm_up):
        ours(), theirs()
    first = max(seconds(ours, args.device), 1e-6)
    inner = max(1, min(50, round(args.least_s / first)))  # a step of 3 ms is timed twenty at a time

    def several(step: Step) -> float:
        return seconds(lambda: [step() for _ in range(inner)] and None, args.device) / inner

    return [(several(ours), several(theirs)) for _ in range(args.repeats)]


def bench_models(args: argparse.Namespace) -> None:
    """The table of ratios."""
    print(
        "\n| model | parameters | mode | precision | ours, ms | theirs, ms | theirs / ours | spread | tokens/s, ours |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for size in args.shapes:
        shape = SHAPES[size]
        for family in FAMILIES:
            for mode in args.modes:
                for precision in args.precisions:
                    torch._dynamo.reset()
                    both = steps_of_both(family, shape, args, mode, precision)
                    pairs = side_by_side(*both, args)
                    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
                    ratios = sorted(b / a for a, b in pairs)
                    rate = shape["batch"] * shape["context"] / ours
                    print(
                        f"| {family}-{size} | {parameters(family, shape):.1f} M | {mode} | {precision} | {ours * 1e3:.1f} "
                        f"| {theirs * 1e3:.1f} | **{statistics.median(ratios):.2f}** "
                        f"| {ratios[0]:.2f} to {ratios[-1]:.2f} | {rate:,.0f} |",
                        flush=True,
                    )


def parameters(family: str, shape: dict) -> float:
    """Millions of learned numbers."""
    with torch.device("meta"):
        sizes = {name: value for name, value in shape.items() if name != "batch"}
        return sum(p.numel() for p in FAMILIES[family](**sizes)[1].parameters()) / 1e6


HEADS = ("ours", "whole", "torch")


def head_step(kind: str, args: argparse.Namespace, precision: str, smoothing: float) -> Step:
    """Forward and backward of a head alone: 4,096 positions (512 with --quick) of width 256, 50,257 tokens."""
    positions = 512 if args.quick else 4096
    random = torch.Generator().manual_seed(0)
    head = nn.Linear(256, 50_257, bias=False).to(args.device)
    hidden = torch.randn(8, positions // 8, 256, generator=random).to(args.device).requires_grad_()
    targets = torch.randint(0, 50_257, (8, positions // 8), generator=random).to(args.device)

    def loss() -> Tensor:
        if kind == "ours":
            return head_loss(head, hidden, targets, smoothing)
        if kind == "whole":
            return F.cross_entropy(head(hidden).flatten(0, 1), targets.flatten(), label_smoothing=smoothing)
        options = nn.LinearCrossEntropyOptions()
        return F.linear_cross_entropy(
            hidden.flatten(0, 1), head.weight, targets.flatten(), label_smoothing=smoothing, options=options
        )

    return training_step(head, loss, args.device, precision)


def peak_bytes(device: str) -> int:
    """The most memory that this process, or its part on the GPU, has held so far."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def measure_head(args: argparse.Namespace) -> None:
    """In a process of its own, as a peak cannot be taken back: prints megabytes above the start, and milliseconds."""
    kind, precision, smoothing = args.one_head.split(",")
    step = head_step(kind, args, precision, float(smoothing))
    before = peak_bytes(args.device)
    step()
    peak = peak_bytes(args.device) - before
    times = [seconds(step, args.device) for _ in range(args.repeats)]
    print(f"{peak / 2**20:.0f} {statistics.median(times) * 1e3:.0f}")


def bench_head(args: argparse.Namespace) -> None:
    """The table of the head: ours, whole scores, and torch's linear_cross_entropy with its default options."""
    positions = 512 if args.quick else 4096
    print(
        f"\nHead: {positions} positions, width 256, 50,257 tokens; its whole scores are {positions * 50_257 * 4 / 2**20:.0f} MiB."
    )
    print("\n| head | precision | label smoothing | peak above the start, MiB | forward + backward, ms | tokens/s |")
    print("|---|---|---|---|---|---|")
    for precision in args.precisions:
        for smoothing in ("0.0", "0.1"):
            for kind in HEADS:
                if kind == "torch" and (smoothing != "0.0" or not hasattr(nn, "LinearCrossEntropyOptions")):
                    continue  # it falls back to the whole scores, or is not there
                one = ["--one-head", f"{kind},{precision},{smoothing}", "--device", args.device]
                one += [
                    "--threads",
                    str(args.threads),
                    "--repeats",
                    str(args.repeats),
                    *(["--quick"] if args.quick else []),
                ]
                out = subprocess.run(
                    [sys.executable, __file__, *one], capture_output=True, text=True, check=True
                ).stdout
                peak, ms = (float(number) for number in out.split()[-2:])
                print(
                    f"| {kind} | {precision} | {smoothing} | {peak:.0f} | {ms:.0f} | {positions / ms * 1e3:,.0f} |",
                    flush=True,
                )


def processor(device: str) -> str:
    """The name of what computes."""
    if device == "cuda":
        return torch.cuda.get_device_name()
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads of torch on a CPU")
    parser.add_argument("--repeats", type=int, default=15, help="pairs of measurements; the median counts")
    parser.add_argument("--warm-up", type=int, default=2, help="steps before the first measurement")
    parser.add_argument(
        "--least-s", type=float, default=0.1, help="a measurement repeats short steps for as many seconds"
    )
    parser.add_argument("--shapes", nargs="+", default=list(SHAPES), choices=SHAPES)
    parser.add_argument("--modes", nargs="+", default=["eager", "compiled"], choices=("eager", "compiled"))
    parser.add_argument("--precisions", nargs="+", default=["fp32", "bf16"], choices=("fp32", "bf16"))
    parser.add_argument("--only", choices=("models", "head"), help="one of the two tables")
    parser.add_argument("--quick", action="store_true", help="the nano shapes, eager, few repeats: does it run?")
    parser.add_argument("--one-head", help=argparse.SUPPRESS)  # kind,precision,smoothing: what bench_head starts
    args = parser.parse_args()
    if args.quick:
        args.shapes, args.modes, args.repeats, args.warm_up, args.least_s = ["nano"], ["eager"], 2, 1, 0.0
    return args


def main() -> None:
    """Prints where it ran, then the tables."""
    args = arguments()
    torch.set_num_threads(args.threads)
    transformers.logging.set_verbosity_error()
    if args.one_head:
        measure_head(args)
        return
    print(
        f"{time.strftime('%Y-%m-%d')}, {processor(args.device)}, {args.threads} threads, Python {platform.python_version()},"
    )
    print(f"torch {torch.__version__}, transformers {transformers.__version__}, {args.repeats} repeats")
    if args.only != "head":
        bench_models(args)
    if args.only != "models":
        bench_head(args)


if __name__ == "__main__":
    main()
