"""Times the training step of an MLP with each optimizer. Started by scripts/bench/optimizers, which see."""

from commandline import Parser, median_cell, print_table, run_command, speed_up_cell, widths, write_json
from sampling import Peaks, Point, take_samples
from summary import counts, summary_cell
from workers import Worker

# The one that the others are compared with, and how it may be called.
REFERENCE = "sgd"
OPTIMIZERS = [REFERENCE, "sgd-plain", "adam", "adamw", "rmsprop", "rmsprop-centred", "adagrad", "lars", "lamb"]


def main():
    run_command(read_options(), start_workers, run)


def read_options():
    parser = Parser(
        "Times the training step of an MLP with each optimizer, relative to SGD with momentum.", OPTIMIZERS,
        noun="optimizer", batches=[1, 32, 512],
    )  # fmt: skip
    parser.add_argument("--model", type=widths, default="784-512-512-10", help="widths, input to output (%(default)s)")
    parser.add_argument("--precision", choices=["float", "double"], default="float", help="(%(default)s)")
    options = parser.read()
    if REFERENCE not in options.optimizers:
        options.optimizers.insert(0, REFERENCE)
    return options


def start_workers(options, workers):
    """A worker for each optimizer, prepared, and one for the peak."""
    command = [options.worker, str(options.threads)]
    workers["peak"] = Worker("peak", command, processors=options.threads)
    model = "-".join(str(width) for width in options.model)
    for name in options.optimizers:
        worker = workers[name] = Worker(name, command, {"BATCHWISE_GEMM": ""}, processors=options.threads)
        worker.about = worker.ask("prepare", model, name, max(options.batch), options.precision)["optimizer"]


def run(options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    environment = workers["peak"].ask("hello")
    peaks = Peaks(workers["peak"], options.precision)
    points = [Point(name, batch, ("step", batch)) for name in options.optimizers for batch in options.batch]
    cycles, finished = take_samples(points, workers, peaks, options)
    table = {(point.engine, point.batch): point for point in points}
    cells = {key: summary_cell(point, table[REFERENCE, point.batch]) for key, point in table.items()}
    print_report(options, environment, workers, peaks, cycles, cells)
    if options.json:
        write_json(options.json, everything(options, environment, workers, peaks, points, cells))
    return finished


def print_report(options, environment, workers, peaks, cycles, cells):
    model = "-".join(str(width) for width in options.model)
    print(f"Training step of {model}, {options.precision}, {options.threads} threads, by optimizer")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"FMA peak {peaks.quiet_peak() / 1e9:.0f} GFLOP/s; {cycles} cycles")
    for name in options.optimizers:
        print(f"{counts(name, [cells[name, batch] for batch in options.batch])}; {workers[name].about}")
    print(
        f"\nus: median microseconds a step. x: that over {REFERENCE}'s, with its 95 % interval; FASTER, SLOWER, SAME\n"
        f"(within 3 %) or UNCLEAR is {REFERENCE}. (n): fewer than 5 samples kept. ~: more than half were disturbed.\n"
    )
    lines = [["optimizer"] + [text for batch in options.batch for text in (f"us at {batch}", "x")]]
    for name in options.optimizers:
        line = [name]
        for batch in options.batch:
            cell = cells[name, batch]
            line += [median_cell(cell), speed_up_cell(cell)] if cell["kept"] else ["-", "-"]
        lines.append(line)
    print_table(lines)


def everything(options, environment, workers, peaks, points, cells):
    return {
        "model": options.model, "precision": options.precision, "threads": options.threads, "seed": options.seed,
        "environment": environment, "optimizers": {name: workers[name].about for name in options.optimizers},
        "peaks": peaks.peaks,
        "summary": [{"optimizer": name, "batch": batch, **cell} for (name, batch), cell in cells.items()],
        "points": [
            {"optimizer": point.engine, "batch": point.batch, "waits": point.waits, "samples": point.samples}
            for point in points
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main()
