"""Times the three products of dense layers: this engine against plain OpenBLAS. Started by scripts/bench/gemm, which see."""

from commandline import Parser, add_before, median_cell, print_table, run_command, speed_up_cell, write_json
from sampling import Peaks, Point, take_samples
from summary import LEGEND, counts, summary_cell
from workers import Worker

ENGINES = ["batchwise", "openblas"]
PASSES = ["forward", "backward-data", "backward-weights"]


def main():
    run_command(read_options(), start_workers, run)


def read_options():
    parser = Parser("Times the three products of dense layers: this engine against plain OpenBLAS.", ENGINES)
    parser.add_argument("--layer", action="append", help="inputs and outputs; repeatable (784x512, 1024x1024, 512x10)")
    add_before(parser)
    options = parser.read()
    if options.before_worker:
        options.engines.append("before")
    options.layers = options.layer or ["784x512", "1024x1024", "512x10"]
    for layer in options.layers:
        sizes = layer.split("x")
        if len(sizes) != 2 or not all(size.isdecimal() and int(size) > 0 for size in sizes):
            parser.error(f"--layer {layer} is not a shape such as 784x512")
    return options


def start_workers(options, workers):
    """A worker for each engine and one for the ceilings."""
    for name in ["ceilings", *options.engines]:
        program = options.before_worker if name == "before" else options.worker
        workers[name] = Worker(name, [program, str(options.threads)], processors=options.threads)


def run(options, workers):
    """Measures and reports; False when that was interrupted, and the report is of what there was."""
    environment = workers["ceilings"].ask("hello")
    peaks = Peaks(workers["ceilings"], "float")
    points = {
        (layer, kind, batch, engine): Point(
            engine, batch,
            ("product", "openblas" if engine == "openblas" else "auto", kind, *layer.split("x"), batch),
        )
        for layer in options.layers for kind in PASSES for batch in options.batch for engine in options.engines
    }  # fmt: skip
    cycles, finished = take_samples(list(points.values()), workers, peaks, options)
    rows = [
        summarise(layer, kind, batch, {name: points[layer, kind, batch, name] for name in options.engines}, peaks)
        for layer in options.layers for kind in PASSES for batch in options.batch
    ]  # fmt: skip
    print_report(options, environment, peaks, cycles, rows)
    if options.json:
        result = {
            "threads": options.threads, "seed": options.seed, "environment": environment, "peak": peaks.quiet_peak(),
            "peaks": peaks.peaks, "summary": rows,
            "points": [
                {"layer": layer, "pass": kind, "batch": batch, "engine": engine, "samples": point.samples}
                for (layer, kind, batch, engine), point in points.items()
            ],
        }  # fmt: skip
        write_json(options.json, result)
    return finished


def summarise(layer, kind, batch, points, peaks):
    """A row a product: for each engine its median, its ratio to the peak and our speed-up over it."""
    inputs, outputs = (int(size) for size in layer.split("x"))
    row = {"layer": layer, "pass": kind, "batch": batch, "engines": {}}
    for name, point in points.items():
        cell = summary_cell(point, points.get("batchwise"))
        row["engines"][name] = cell
        if cell["kept"]:
            cell["of_peak"] = 2 * batch * inputs * outputs / cell["median"] / peaks.quiet_peak()
    return row


def print_report(options, environment, peaks, cycles, rows):
    print(f"Products of dense layers, float, {options.threads} threads")
    print(f"{environment['processor']} ({environment['instructions']}), load {environment['load']:.1f} at the start")
    print(f"OpenBLAS: {environment['blas']}")
    print(f"FMA peak {peaks.quiet_peak() / 1e9:.0f} GFLOP/s, {cycles} cycles")
    for name in options.engines:
        print(counts(name, [row["engines"][name] for row in rows]))
    print(f"\nus: median microseconds. /peak: of the FMA peak of this run.\n{LEGEND}")
    for layer in options.layers:
        for kind in PASSES:
            print(f"\n{layer} {kind}\n")
            peers = [name for name in options.engines if name != "batchwise" and "batchwise" in options.engines]
            lines = [["batch"] + [text for name in options.engines for text in (f"{name} us", "/peak")]]
            lines[0] += [f"x {name}" for name in peers]
            for row in rows:
                if (row["layer"], row["pass"]) != (layer, kind):
                    continue
                line = [str(row["batch"])]
                for name in options.engines:
                    cell = row["engines"][name]
                    line += [median_cell(cell), f"{cell['of_peak']:.2f}"] if cell["kept"] else ["-", "-"]
                lines.append(line + [speed_up_cell(row["engines"][name]) for name in peers])
            print_table(lines)


if __name__ == "__main__":
    main()
