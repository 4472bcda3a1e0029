"""Times the training step of an MLP while it is observed. Started by scripts/bench/observe, which see."""

from commandline import Parser, median_cell, print_table, run_command, speed_up_cell, widths, write_json
from sampling import Peaks, Point, take_samples
from summary import counts, summary_cell
from workers import Worker

# The step that the others are compared with, and what may be observed in it.
REFERENCE = "nothing"
OBSERVED = {
    REFERENCE: None,
    "noise-scale": "noise-scale",
    "norm-test": "norm-test",
    "set": "noise-scale,norm-test,inner-product-test,cabs,distance,update-size",
    "gsnr": "gsnr",
}


def main():
    run_command(read_options(), start_workers, run)


def read_options():
    parser = Parser(
        "Times the training step of an MLP while every step is observed, relative to one that is not.", list(OBSERVED),
        noun="observation", batches=[8, 128, 1024],
    )  # fmt: skip
    parser.add_argument("--model", type=widths, default="784-1000-500-100-10", help="widths, input to output (%(default)s)")
    parser.add_argument("--precision", choices=["float", "double"], default="float", help="(%(default)s)")
    options = parser.read()
    if REFERENCE not in options.observations:
        options.observations.insert(0, REFERENCE)
    return options


def start_workers(options, workers):
    """A worker for each observation, prepared, and one for the peak."""
    command = [options.worker, str(options.threads)]
    workers["peak"] = Worker("peak", command, processors=options.threads)
    model = "-".join(str(width) for width in options.model)
    for name in options.observations:
        worker = workers[name] = Worker(name, command, {"BATCHWISE_GEMM": ""}, processors=options.threads)
        observed = [OBSERVED[name]] if OBSERVED[name] else []
        about = worker.ask("prepare", model, "sgd", max(options.batch), options.precision, *observed)
        worker.about = about["optimizer"]


def run(options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    environment = workers["peak"].ask("hello")
    peaks = Peaks(workers["peak"], options.precision)
    points = [Point(name, batch, ("step", batch)) for name in options.observations for batch in options.batch]
    cycles, finished = take_samples(points, workers, peaks, options)
    table = {(point.engine, point.batch): point for point in points}
    cells = {key: summary_cell(point, table[REFERENCE, point.batch]) for key, point in table.items()}
    print_report(options, environment, workers, peaks, cycles, cells)
    if options.json:
        write_json(options.json, everything(options, environment, workers, peaks, points, cells))
    return finished


def print_report(options, environment, workers, peaks, cycles, cells):
    model = "-".join(str(width) for width in options.model)
    print(f"Training step of {model}, {options.precision}, {options.threads} threads, every step observed")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"FMA peak {peaks.quiet_peak() / 1e9:.0f} GFLOP/s; {cycles} cycles")
    for name in options.observations:
        print(f"{counts(name, [cells[name, batch] for batch in options.batch])}; {workers[name].about}")
    print(
        f"\nus: median microseconds a step. x: that over {REFERENCE}'s, with its 95 % interval; FASTER, SLOWER, SAME\n"
        f"(within 3 %) or UNCLEAR is {REFERENCE}. (n): fewer than 5 samples kept. ~: more than half were disturbed.\n"
    )
    lines = [["observed"] + [text for batch in options.batch for text in (f"us at {batch}", "x")]]
    for name in options.observations:
        line = [name]
        for batch in options.batch:
            cell = cells[name, batch]
            line += [median_cell(cell), speed_up_cell(cell)] if cell["kept"] else ["-", "-"]
        lines.append(line)
    print_table(lines)


def everything(options, environment, workers, peaks, points, cells):
    return {
        "model": options.model, "precision": options.precision, "threads": options.threads, "seed": options.seed,
        "environment": environment, "observations": {name: workers[name].about for name in options.observations},
        "peaks": peaks.peaks,
        "summary": [{"observed": name, "batch": batch, **cell} for (name, batch), cell in cells.items()],
        "points": [
            {"observed": point.engine, "batch": point.batch, "waits": point.waits, "samples": point.samples}
            for point in points
        ],
    }  # fmt: skip


if __name__ == "__main__":
    main()
