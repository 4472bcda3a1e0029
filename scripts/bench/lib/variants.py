"""Times variants of the training step of an MLP against one of them; optimizers.py and observe.py say which."""

import dataclasses

from commandline import Parser, median_cell, print_table, run_command, speed_up_cell, widths, write_json
from sampling import Peaks, Point, take_samples
from summary import counts, summary_cell
from workers import Worker


@dataclasses.dataclass
class Variants:
    """What is compared: the steps by their names, and the words for them."""

    about: str  # what --help says
    noun: str  # what one is called as an option
    column: str  # and in the table
    heading: str  # the end of the report's first line
    reference: str  # the one that the others are compared with
    prepare: dict  # for each the optimizer, and what else the worker is told behind the precision
    batches: list
    model: str

    @property
    def plural(self):
        return f"{self.noun}s"


def time_variants(variants):
    """The whole benchmark, from its options to its report."""
    run_command(
        read_options(variants),
        lambda options, workers: start_workers(variants, options, workers),
        lambda options, workers: run(variants, options, workers),
    )


def read_options(variants):
    parser = Parser(variants.about, list(variants.prepare), noun=variants.noun, batches=variants.batches)
    parser.add_argument("--model", type=widths, default=variants.model, help="widths, input to output (%(default)s)")
    parser.add_argument("--precision", choices=["float", "double"], default="float", help="(%(default)s)")
    options = parser.read()
    options.names = getattr(options, variants.plural)
    if variants.reference not in options.names:
        options.names.insert(0, variants.reference)
    return options


def start_workers(variants, options, workers):
    """A worker for each variant, prepared, and one for the peak."""
    command = [options.worker, str(options.threads)]
    workers["peak"] = Worker("peak", command, processors=options.threads)
    model = "-".join(str(width) for width in options.model)
    for name in options.names:
        worker = workers[name] = Worker(name, command, {"BATCHWISE_GEMM": ""}, processors=options.threads)
        optimizer, *rest = variants.prepare[name]
        prepared = worker.ask("prepare", model, optimizer, max(options.batch), options.precision, *rest)
        worker.about = prepared["optimizer"]


def run(variants, options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    environment = workers["peak"].ask("hello")
    peaks = Peaks(workers["peak"], options.precision)
    points = [Point(name, batch, ("step", batch)) for name in options.names for batch in options.batch]
    cycles, finished = take_samples(points, workers, peaks, options)
    table = {(point.engine, point.batch): point for point in points}
    cells = {key: summary_cell(point, table[variants.reference, point.batch]) for key, point in table.items()}
    print_report(variants, options, environment, workers, peaks, cycles, cells)
    if options.json:
        write_json(options.json, everything(variants, options, environment, workers, peaks, points, cells))
    return finished


def print_report(variants, options, environment, workers, peaks, cycles, cells):
    model = "-".join(str(width) for width in options.model)
    reference = variants.reference
    print(f"Training step of {model}, {options.precision}, {options.threads} threads, {variants.heading}")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"FMA peak {peaks.quiet_peak() / 1e9:.0f} GFLOP/s; {cycles} cycles")
    for name in options.names:
        print(f"{counts(name, [cells[name, batch] for batch in options.batch])}; {workers[name].about}")
    print(
        f"\nus: median microseconds a step. x: that over {reference}'s, with its 95 % interval; FASTER, SLOWER, SAME\n"
        f"(within 3 %) or UNCLEAR is {reference}. (n): fewer than 5 samples kept. ~: more than half were disturbed.\n"
    )
    lines = [[variants.column] + [text for batch in options.batch for text in (f"us at {batch}", "x")]]
    for name in options.names:
        line = [name]
        for batch in options.batch:
            cell = cells[name, batch]
            line += [median_cell(cell), speed_up_cell(cell)] if cell["kept"] else ["-", "-"]
        lines.append(line)
    print_table(lines)


def everything(variants, options, environment, workers, peaks, points, cells):
    return {
        "model": options.model, "precision": options.precision, "threads": options.threads, "seed": options.seed,
        "environment": environment, variants.plural: {name: workers[name].about for name in options.names},
        "peaks": peaks.peaks,
        "summary": [{variants.column: name, "batch": batch, **cell} for (name, batch), cell in cells.items()],
        "points": [
            {variants.column: point.engine, "batch": point.batch, "waits": point.waits, "samples": point.samples}
            for point in points
        ],
    }  # fmt: skip
