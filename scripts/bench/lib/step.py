"""Times the whole training step of an MLP: this engine against peers. Started by scripts/bench/step, which see."""

import argparse
import dataclasses
import json
import os
import pathlib
import random
import signal
import statistics
import sys
import time

from floor import StepFloor
from intervals import ratio_of_medians, verdict
from workers import Unsupported, Worker, WorkerError

HERE = pathlib.Path(__file__).resolve().parent
ENGINES = ["batchwise", "openblas", "torch", "jax"]
BATCHES = sorted([2**power for power in range(11)] + [7, 9, 33, 65, 100])

# Seconds of timed steps in one sample, and of untimed ones before it. Short: a long sample seldom stays undisturbed.
SAMPLE, WARM_UP = 5e-3, 4e-3
# A sample beside a peak below this fraction of the run's quiet peak is thrown away.
SAGGING = 0.92
# How often a sample is tried within a cycle before the cycle takes the least disturbed of them, and the pause after a
# peak that sags, which doubles with every try: a disturbance lasts.
TRIES, PAUSE = 4, 0.01
# Engines that run more threads than there are processors, so that these switch one another out. A sample of theirs may
# have as many switches as half of their samples have; one of another engine, none.
OVERSUBSCRIBED = ["jax"]


@dataclasses.dataclass
class Point:
    """An engine at a batch size."""

    engine: str
    batch: int
    step: float = 0.0  # About how long a step takes.
    waits: int = 0  # Pauses because the peak sagged before a sample.
    samples: list = dataclasses.field(default_factory=list)
    kept: dict = dataclasses.field(default_factory=dict)  # Cycle: seconds.
    disturbed: int = 0  # Cycles without a quiet sample, of which the least disturbed is kept.

    def is_good(self, sample, quiet_peak):
        """Whether the peak held on both sides and nobody took a processor away meanwhile."""
        return sample["peak"] >= SAGGING * quiet_peak and sample["switches"] <= self.allowed_switches(quiet_peak)

    def allowed_switches(self, quiet_peak):
        if self.engine not in OVERSUBSCRIBED:
            return 0
        usual = [sample["switches"] for sample in self.samples if sample["peak"] >= SAGGING * quiet_peak]
        return statistics.median(usual) if len(usual) >= 4 else 0

    def settle(self, quiet_peak):
        """Judges all samples once more: the first ones were taken when nobody knew how high the peak can be."""
        by_cycle = {}
        for sample in self.samples:
            sample["kept"] = False
            by_cycle.setdefault(sample["cycle"], []).append(sample)
        for cycle, samples in by_cycle.items():
            good = [sample for sample in samples if self.is_good(sample, quiet_peak)]
            self.disturbed += not good
            best = good[0] if good else min(samples, key=lambda sample: (sample["switches"], -sample["peak"]))
            best["kept"] = True
            self.kept[cycle] = best["seconds"]


def main():
    options = read_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    workers = {}
    try:
        start_workers(options, workers)
        if not run(options, workers):
            sys.exit(130)
    except KeyboardInterrupt:
        sys.exit(130)
    except WorkerError as error:
        sys.exit(f"step: {error}")
    finally:
        for worker in workers.values():
            worker.close()


def read_options():
    parser = Parser(
        prog="scripts/bench/step",
        description="Times the whole training step of an MLP: this engine against plain OpenBLAS calls, PyTorch and JAX.",
    )
    parser.add_argument("--model", default="784-512-512-10", help="widths from input to output (%(default)s)")
    parser.add_argument("--optimizer", choices=["sgd", "adam"], default="sgd", help="(%(default)s)")
    parser.add_argument("--batch", type=numbers, default=BATCHES, help="batch sizes, with commas between them")
    parser.add_argument("--engines", type=names, default=ENGINES, help=f"some of {','.join(ENGINES)}")
    parser.add_argument("--precision", choices=["float", "double"], default="float", help="(%(default)s)")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="(all processors)")
    parser.add_argument("--cycles", type=int, help="samples of each point (as many as fit in --seconds)")
    parser.add_argument("--seconds", type=float, help="ends after the cycle in which so much time is over (300)")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the samples (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, help="file for the environment and all samples")
    parser.add_argument("--worker", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--peer-python", help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        options.widths = [int(width) for width in options.model.split("-")]
    except ValueError:
        options.widths = []
    if len(options.widths) < 2 or min(options.widths) < 1:
        parser.error(f"--model {options.model} is not a list of widths such as 784-512-512-10")
    if options.threads < 1 or options.threads > len(os.sched_getaffinity(0)):
        parser.error(f"--threads must be 1 to {len(os.sched_getaffinity(0))}, the processors there are")
    if options.cycles is not None and options.cycles < 1:
        parser.error("--cycles must be at least 1")
    if options.seconds is None:
        options.seconds = float("inf") if options.cycles else 300.0
    return options


class Parser(argparse.ArgumentParser):
    def error(self, message):
        """Ends with the exit code for wrong usage."""
        self.exit(64, f"step: {message}; see scripts/bench/step --help\n")


def numbers(text):
    words = text.split(",")
    if not all(word.isdecimal() and int(word) > 0 for word in words):
        raise argparse.ArgumentTypeError(f"{text} is not a list of batch sizes such as 1,32,1024")
    return sorted({int(word) for word in words})


def names(text):
    chosen = text.split(",")
    unknown = [name for name in chosen if name not in ENGINES]
    if unknown:
        raise argparse.ArgumentTypeError(f"no engine {', '.join(unknown)}; there are {', '.join(ENGINES)}")
    return [name for name in ENGINES if name in chosen]


def say(*words):
    print("step:", *words, file=sys.stderr, flush=True)


def start_workers(options, workers):
    """A worker for each engine that can be had, and one for the ceilings, prepared; an engine left out gets a word."""
    threads = str(options.threads)
    commands = {
        "batchwise": ([options.worker, threads], {"BATCHWISE_GEMM": ""}),
        "openblas": ([options.worker, threads], {"BATCHWISE_GEMM": "openblas"}),
        "torch": ([options.peer_python, str(HERE / "torch_worker.py"), threads], None),
        "jax": ([options.peer_python, str(HERE / "jax_worker.py"), threads], None),
    }
    workers["ceilings"] = Worker("ceilings", [options.worker, threads], processors=options.threads)
    for name in options.engines:
        command, environment = commands[name]
        if command[0] is None:
            say(f"{name} is left out: its Python environment could not be made, see above")
            continue
        worker = Worker(name, command, environment, processors=options.threads)
        try:
            worker.about = worker.ask("hello")
            prepared = worker.ask("prepare", options.model, options.optimizer, max(options.batch), options.precision)
            worker.about["optimizer"] = prepared["optimizer"]
        except Unsupported as reason:
            say(f"{name} is left out: {reason}")
            worker.close()
            continue
        except WorkerError as error:
            # A broken peer does not stop the others; a broken engine of ours does.
            if name in ("batchwise", "openblas"):
                raise
            say(f"{name} is left out: {error}")
            worker.close()
            continue
        say(f"{name}: {worker.about['version']}, {worker.about['optimizer']}")
        workers[name] = worker
    if len(workers) == 1:
        raise WorkerError("no engine is left to time")


class Ceilings:
    """The FMA peak, over and over, and the bandwidths."""

    def __init__(self, worker, options, floor):
        self.worker, self.precision, self.working_set = worker, options.precision, floor.working_set
        self.peaks, self.read_rates, self.update_rates = [], [], []
        for _ in range(30):
            self.peak()

    def peak(self):
        self.peaks.append(self.worker.ask("peak", self.precision)["flops"])
        return self.peaks[-1]

    def bandwidth(self):
        self.read_rates.append(self.worker.ask("bandwidth", self.working_set, "read")["rate"])
        self.update_rates.append(self.worker.ask("bandwidth", self.working_set, "update")["rate"])

    def quiet_peak(self):
        return quiet(self.peaks)

    def quiet_read_rate(self):
        return quiet(self.read_rates)

    def quiet_update_rate(self):
        return quiet(self.update_rates)


def quiet(probes):
    """What a probe gives when nothing disturbs it: what a tenth of the probes exceed."""
    return sorted(probes)[-1 - len(probes) // 10]


def run(options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    generator = random.Random(options.seed)
    floor = StepFloor(options.widths, options.optimizer, 4 if options.precision == "float" else 8)
    environment = workers["ceilings"].ask("hello")
    ceilings = Ceilings(workers["ceilings"], options, floor)
    points = [Point(name, batch) for name in workers if name != "ceilings" for batch in options.batch]
    for number, point in enumerate(points):
        progress(f"warming up {number + 1} of {len(points)}: {point.engine} at {point.batch}")
        # Twice: the first compiles, and finds no page where it looks.
        workers[point.engine].ask("step", point.batch, 1, 1)
        point.step = workers[point.engine].ask("step", point.batch, 2, 2)["seconds"]
    started = time.monotonic()
    ceilings.bandwidth()
    cycle = 0
    finished = True
    try:
        while cycle < (options.cycles or sys.maxsize) and (cycle == 0 or time.monotonic() - started < options.seconds):
            generator.shuffle(points)
            for number, point in enumerate(points):
                progress(f"cycle {cycle + 1}, {number + 1} of {len(points)}, {time.monotonic() - started:.0f} s")
                take_sample(point, cycle, workers[point.engine], ceilings)
            ceilings.bandwidth()
            cycle += 1
    except KeyboardInterrupt:
        finished = False
    progress("")
    if not finished:
        say(f"interrupted in cycle {cycle + 1}; what there is follows")
    for point in points:
        point.settle(ceilings.quiet_peak())
    engines = [name for name in workers if name != "ceilings"]
    points.sort(key=lambda point: (point.batch, engines.index(point.engine)))
    about = {name: workers[name].about for name in engines}
    summary = summarise(options, points, engines, floor, ceilings)
    print_report(options, environment, about, ceilings, cycle, summary)
    if options.json:
        write_json(options, environment, about, ceilings, points, summary)
    return finished


def take_sample(point, cycle, worker, ceilings):
    for attempt in range(TRIES):
        last = attempt == TRIES - 1
        warm_up = max(2, round(WARM_UP / point.step))
        steps = max(1, round(SAMPLE / point.step))
        before = ceilings.peak()
        if before < SAGGING * ceilings.quiet_peak() and not last:
            point.waits += 1
            time.sleep(PAUSE * 2**attempt)
            continue
        answer = worker.ask("step", point.batch, warm_up, steps)
        after = ceilings.peak()
        if answer["loss"] is None or answer["loss"] != answer["loss"]:
            raise WorkerError(f"{point.engine} at batch {point.batch}: the loss is not a number; its times mean nothing")
        point.step = answer["seconds"]
        sample = {
            "cycle": cycle, "seconds": answer["seconds"], "steps": steps, "switches": int(answer["switches"]),
            "peak": min(before, after),
        }  # fmt: skip
        point.samples.append(sample)
        if point.is_good(sample, ceilings.quiet_peak()):
            return


def summarise(options, points, engines, floor, ceilings):
    """A row a batch: the floor, and for each engine its median, its ratio to the floor and our speed-up over it."""
    peak, read_rate, update_rate = ceilings.quiet_peak(), ceilings.quiet_read_rate(), ceilings.quiet_update_rate()
    table = {(point.engine, point.batch): point for point in points}
    rows = []
    for batch in options.batch:
        least = floor.seconds(batch, peak, read_rate, update_rate)
        row = {"batch": batch, "floor": least, "engines": {}}
        rows.append(row)
        for engine in engines:
            point = table[engine, batch]
            kept = point.kept
            cell = {"kept": len(kept), "disturbed": point.disturbed, "discarded": len(point.samples) - len(kept), "waits": point.waits}
            row["engines"][engine] = cell
            if not kept:
                continue
            cell["median"] = statistics.median(kept.values())
            cell["of_floor"] = least / cell["median"]
            cell["flops"] = floor.operations_per_example * batch / cell["median"]
            ours = table.get(("batchwise", batch))
            if engine != "batchwise" and ours and ours.kept:
                ratio, interval = ratio_of_medians(kept, ours.kept)
                cell["speed_up"], cell["interval"] = ratio, interval
                cell["verdict"] = verdict(interval)
    return rows


def print_report(options, environment, about, ceilings, cycles, rows):
    kind = "SGD with momentum" if options.optimizer == "sgd" else "Adam"
    print(f"Training step of {options.model}, {kind}, {options.precision}, {options.threads} threads")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"OpenBLAS: {environment['blas']}")
    for name, facts in about.items():
        print(f"{name}: {facts['version']}, {facts['optimizer']}")
    print(
        f"FMA peak {ceilings.quiet_peak() / 1e9:.0f} GFLOP/s; the weights and their state are read at "
        f"{ceilings.quiet_read_rate() / 1e9:.0f} GB/s and updated at {ceilings.quiet_update_rate() / 1e9:.0f} GB/s"
    )
    print(f"{cycles} cycles")
    for name in about:
        count = {key: sum(row["engines"][name][key] for row in rows) for key in ("kept", "disturbed", "discarded", "waits")}
        print(
            f"{name}: {count['kept']} samples kept, of which {count['disturbed']} disturbed, {count['discarded']} discarded, "
            f"{count['waits']} waits for quiet"
        )
    print("\nus: median microseconds a step. floor/t: the floor over it. x: that engine's time over batchwise's, with its")
    print("95 % interval; FASTER, SLOWER, SAME (within 3 %) or UNCLEAR is batchwise. (n): fewer than 5 samples kept.\n~: more than half of the samples were disturbed.\n")
    headings = ["batch", "floor us"]
    for name in about:
        headings += [f"{name} us", "floor/t" if name == "batchwise" else "x"]
    lines = [headings]
    for row in rows:
        line = [str(row["batch"]), microseconds(row["floor"])]
        for name in about:
            line += cells(name, row["engines"][name])
        lines.append(line)
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        print("  ".join(text.rjust(width) for text, width in zip(line, widths)).rstrip())


def cells(name, cell):
    if not cell["kept"]:
        return ["-", "-"]
    time_of_step = ("~" if 2 * cell["disturbed"] > cell["kept"] else "") + microseconds(cell["median"])
    if name == "batchwise":
        few = f" ({cell['kept']})" if cell["kept"] < 5 else ""
        return [time_of_step, f"{cell['of_floor']:.2f}{few}"]
    if "speed_up" not in cell:
        return [time_of_step, "-"]
    interval = cell["interval"]
    if interval is None:
        return [time_of_step, f"{cell['speed_up']:.2f} ({cell['kept']})"]
    return [time_of_step, f"{cell['speed_up']:.2f} [{interval[0]:.2f}, {interval[1]:.2f}] {cell['verdict']}"]


def microseconds(seconds):
    return f"{seconds * 1e6:.1f}" if seconds < 1e-4 else f"{seconds * 1e6:.0f}"


def write_json(options, environment, about, ceilings, points, rows):
    result = {
        "model": options.model, "optimizer": options.optimizer, "precision": options.precision,
        "threads": options.threads, "seed": options.seed, "environment": environment, "engines": about,
        "ceilings": {
            "flops": ceilings.quiet_peak(), "read_rate": ceilings.quiet_read_rate(),
            "update_rate": ceilings.quiet_update_rate(), "peaks": ceilings.peaks,
            "read_rates": ceilings.read_rates, "update_rates": ceilings.update_rates,
        },
        "summary": rows,
        "points": [
            {"engine": point.engine, "batch": point.batch, "waits": point.waits, "samples": point.samples}
            for point in points
        ],
    }  # fmt: skip
    temporary = options.json.with_name(options.json.name + ".part")
    temporary.write_text(json.dumps(result, indent=1) + "\n")
    temporary.replace(options.json)


def progress(text):
    """One line that overwrites itself, on a terminal alone."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
