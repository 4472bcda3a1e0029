"""Times the engines of dense layers' products side by side. Started by scripts/bench/engines, which see."""

import argparse
import random
import sys

from workers import Worker

ENGINES = ["openblas", "openblas-panels", "kernels", "auto"]
PASSES = ["forward", "backward-data", "backward-weights"]


def main():
    options = read_options()
    worker = Worker("engines", [options.worker, str(options.threads)], processors=options.threads)
    environment = worker.ask("hello")
    cases = [
        (layer, kind, batch, engine)
        for layer in options.layer for kind in PASSES for batch in options.batch for engine in ENGINES
    ]  # fmt: skip
    samples = {case: [] for case in cases}
    methods = {}
    for cycle in range(options.cycles):
        random.Random(cycle).shuffle(cases)
        print(f"cycle {cycle + 1} of {options.cycles}", file=sys.stderr)
        for case in cases:
            layer, kind, batch, engine = case
            work = batch * int(layer.split("x")[0]) * int(layer.split("x")[1])
            # About 0.3 ms: such a sample is often whole where other programs run.
            calls = max(1, round(options.sample * 5e10 / work))
            answer = worker.ask("product", engine, kind, *layer.split("x"), batch, max(1, calls // 4), calls)
            samples[case].append(answer["seconds"])
            methods[case] = answer["method"]
    print(f"Engines of dense layers' products, float, {options.threads} threads, {options.cycles} samples a case")
    print(f"{environment['processor']} ({environment['instructions']}), OpenBLAS {environment['blas']}")
    print("us: the shortest tenth of the samples. auto/best: auto over the fastest of the other three.")
    worst = 0
    for layer in options.layer:
        for kind in PASSES:
            print(f"\n{layer} {kind}\n")
            print("  ".join(["batch".rjust(5)] + [f"{name} us".rjust(18) for name in ENGINES] + ["auto/best  auto is"]))
            for batch in options.batch:
                times = [low(samples[layer, kind, batch, engine]) for engine in ENGINES]
                ratio = times[-1] / min(times[:-1])
                worst = max(worst, ratio)
                cells = [f"{batch:5}"] + [f"{1e6 * time:18.1f}" for time in times] + [f"{ratio:9.2f}"]
                print("  ".join(cells + [methods[layer, kind, batch, "auto"]]))
    print(f"\nauto takes at most {worst:.2f} times as long as the fastest engine.")


def low(times):
    """The tenth part of the samples that others disturbed least: its longest."""
    return sorted(times)[max(0, len(times) // 10 - 1)]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--layer", action="append", help="inputs and outputs; repeatable")
    parser.add_argument("--batch", type=lambda text: [int(size) for size in text.split(",")])
    parser.add_argument("--cycles", type=int, default=30, help="samples of each case")
    parser.add_argument("--sample", type=float, default=3e-4, help="about the seconds of a sample")
    options = parser.parse_args()
    options.layer = options.layer or ["784x512", "1024x1024", "4096x1024", "512x10"]
    options.batch = options.batch or [2**k for k in range(11)]
    return options


if __name__ == "__main__":
    main()
