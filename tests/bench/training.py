"""How quick training is: beside a loop by hand, beside transformers, beside itself with another recipe.

    python tests/bench/training.py overhead            # a whole Run above the loop that one would write by hand
    python tests/bench/training.py peers               # beside transformers' Trainer and a plain GPT
    python tests/bench/training.py memory              # the peak with 50,257 tokens; what a million steps leave behind
    python tests/bench/training.py race                # shakespeare-fast against shakespeare-char-cpu
    python tests/bench/training.py foreseen            # how right the time left is
    python tests/bench/training.py gpt2 --device cuda  # GPT-2 124M, context 1024, bfloat16, compiled
    python tests/bench/training.py answers             # a click while the kernel trains
    python tests/bench/training.py overhead --quick    # tiny: does it run?

What is measured, and the figures, are in README.md here.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402

from tests.bench.measures import designs  # noqa: E402
from tests.bench.measures.machine import print_machine  # noqa: E402

TINY = designs.Shape(vocabulary=300, width=32, heads=2, blocks=1, context=32, batch=2)


def overhead(args: argparse.Namespace) -> None:
    """A whole Run against the loop by hand, at steps of 20 and of 2 milliseconds."""
    from tests.bench.measures.overhead import Work, compare, cpu_by_thread, print_overhead, shape_of

    text = designs.corpus(args.text)
    narrow = replace(designs.NANO, width=32, heads=2, blocks=1)
    works = [
        (designs.NANO, 20.0, round(args.seconds / 0.020)),
        (narrow, 2.0, round(args.seconds / 0.002)),
    ]
    print("\n| a step by hand, ms | steps | plain loop, s | Run with figure, MLflow and samples, s | Run / plain |")
    print("|---|---|---|---|---|")
    for shape, step_ms, steps in works:
        fitting = replace(TINY, vocabulary=65) if args.quick else shape_of(shape, step_ms, text)
        work = Work(fitting, text, 20 if args.quick else steps)
        print_overhead(work, compare(work, args.repeats))
        if args.profile:
            cpu_by_thread(work)


def peers(args: argparse.Namespace) -> None:
    """Ours, transformers' Trainer and a plain GPT in turn."""
    from tests.bench.measures.peers import Contest, compare, print_speeds

    text = designs.corpus(args.text)
    contests = {
        "shakespeare-char-cpu, fp32": Contest(designs.SHAKESPEARE_CHAR, text, 150, 30),
        "4 x 256, 50,257 tokens, fp32": Contest(designs.LARGE_VOCABULARY, text, 16, 4),
        "4 x 256, 50,257 tokens, auto": Contest(
            designs.LARGE_VOCABULARY, text, 40, 10, precision="auto", compile="auto", foreseen=3000
        ),
    }
    if args.quick:
        contests = {"tiny": Contest(TINY, text, 6, 2), "tiny, auto": Contest(TINY, text, 6, 2, precision="auto")}
    print("\n| training | side | tokens/s | ours / this side | warm-up, s | what auto chose |")
    print("|---|---|---|---|---|---|")
    for title, contest in contests.items():
        if args.only is None or args.only in title:
            print_speeds(title, compare(contest, args.repeats))


def memory(args: argparse.Namespace) -> None:
    """Peaks, each in a process of its own, and a million steps."""
    from tests.bench.measures.memory import SIDES, a_million_steps, peak_mib

    shape, steps = (TINY, 2) if args.quick else (replace(designs.LARGE_VOCABULARY, batch=64), 4)
    if args.one is not None:
        print(peak_mib(args.one, shape, steps))
        return
    print(
        f"\nPeak above the start of a training of {shape.batch} x {shape.context} tokens, vocabulary {shape.vocabulary:,}:"
    )
    print("\n| side | MiB |")
    print("|---|---|")
    for side in SIDES:
        command = [sys.executable, __file__, "memory", "--one", side, "--threads", str(args.threads)]
        out = subprocess.run(
            [*command, *(["--quick"] if args.quick else [])], stdout=subprocess.PIPE, text=True, check=True
        )
        print(f"| {side} | {float(out.stdout.split()[-1]):.0f} |", flush=True)
    count = 3000 if args.quick else 1_000_000
    print(f"\nAfter {count:,} steps:\n\n| what | MiB | microseconds a step | ms of the last look |")
    print("|---|---|---|---|")
    for name, mib, microseconds, last_ms in a_million_steps(count):
        print(f"| {name} | {mib:.1f} | {microseconds:.1f} | {last_ms:.1f} |", flush=True)


def race(args: argparse.Namespace) -> None:
    """The classroom race."""
    from tests.bench.measures.race import FAST, PLAIN, print_laps
    from tests.bench.measures.race import race as run_race

    fewer = {PLAIN: 4, FAST: 4} if args.quick else {}
    print()
    print_laps(run_race(designs.corpus(args.text), args.repeats, steps=fewer, auto=args.auto))


def foreseen(args: argparse.Namespace) -> None:
    """The time left that both recipes of the race tell."""
    from tests.bench.measures.foreseen import foresee, print_foreseen
    from tests.bench.measures.race import FAST, PLAIN

    print("\n| recipe | seconds | told | wrong by more than 20% | at worst |")
    print("|---|---|---|---|---|")
    for _ in range(args.repeats):
        for name in (FAST, PLAIN):
            print_foreseen(name, foresee(name, designs.corpus(args.text), 4 if args.quick else None))


def gpt2(args: argparse.Namespace) -> None:
    """GPT-2 124M in bfloat16, compiled; on a CPU only a tiny one, to see that it runs."""
    from tests.bench.measures.peak import flops_per_token, matrix_peak
    from tests.bench.measures.peers import Contest, compare, print_speeds

    is_real = args.device == "cuda" and not args.quick
    shape, steps, warm_up = (designs.GPT2, 120, 40) if is_real else (TINY, 6, 2)
    peak = matrix_peak(args.device, torch.bfloat16, 8192 if is_real else 256)
    contest = Contest(shape, designs.corpus(args.text), steps, warm_up, args.device, "bf16", "on" if is_real else "off")
    print(f"\nThe largest product of two matrices of bfloat16 reaches {peak / 1e12:.1f} TFLOP/s.")
    print("\n| training | side | tokens/s | ours / this side | warm-up, s | what auto chose |")
    print("|---|---|---|---|---|---|")
    found = compare(contest, args.repeats)
    print_speeds("GPT-2 124M" if is_real else "tiny", found)
    for side, speed in found.items():
        print(f"{side}: {max(speed.rates) * flops_per_token(shape) / peak:.1%} of that peak")


def answers(args: argparse.Namespace) -> None:
    """A click while the kernel trains in steps of 150 milliseconds."""
    from tests.bench.measures.answers import ask, print_answers

    print("\n| kernel | median, ms | 19 of 20 under, ms | worst, ms | clicks |")
    print("|---|---|---|---|---|")
    for _ in range(args.repeats):
        print_answers(*ask(5 if args.quick else 100, 20 if args.quick else 150, args.threads))


MEASURES = {
    "overhead": overhead,
    "peers": peers,
    "memory": memory,
    "race": race,
    "foreseen": foreseen,
    "gpt2": gpt2,
    "answers": answers,
}


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=MEASURES)
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    parser.add_argument("--threads", type=int, default=torch.get_num_threads(), help="threads of torch on a CPU")
    parser.add_argument("--repeats", type=int, default=3, help="so often each side in turn; the median counts")
    parser.add_argument("--seconds", type=float, default=20, help="overhead: how long the plain loop is to last")
    parser.add_argument("--text", type=Path, help="a text file; by default Tiny Shakespeare in ../shared/data")
    parser.add_argument("--only", help="peers: those whose title holds this")
    parser.add_argument("--auto", action="store_true", help="race: leave precision and compile of the fast one to auto")
    parser.add_argument("--profile", action="store_true", help="overhead: print which thread did what, too")
    parser.add_argument("--quick", action="store_true", help="tiny shapes and few steps: does it run?")
    parser.add_argument("--one", help=argparse.SUPPRESS)  # memory: the side that this process is for
    args = parser.parse_args()
    if args.quick:
        args.repeats = 1
    return args


def main() -> None:
    """Prints where it ran, then the table; runs and MLflow's store lie in a folder that is gone afterwards."""
    args = arguments()
    torch.set_num_threads(args.threads)
    if args.one is None:
        print_machine(args.threads, args.device)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SLM_RUNS"] = str(Path(folder) / "runs")
        os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{folder}/mlflow.db"
        MEASURES[args.what](args)


if __name__ == "__main__":
    main()
