"""The table of `scripts/bench/recommend`: what was chosen for each workload, what would have been best, and the cost."""

import csv
import json
import sys
from pathlib import Path


def number(row, key):
    text = row.get(key, "")
    return float(text) if text not in ("", None) else None


def seconds_spent(folder):
    """The seconds on the clock of a study's trials and of its step times."""
    total = 0.0
    for path in folder.glob("step-times-*.json"):
        total += json.loads(path.read_text())["seconds"]
    for path in (folder / "trials").glob("*.jsonl"):
        last = path.read_text().strip().splitlines()[-1]
        total += json.loads(last).get("elapsed", {}).get("wallSeconds", 0)
    return total


def nearest(rows, batch):
    """The time of the tested batch size that is nearest to a batch; the test does not train all that others choose."""
    return min(rows, key=lambda row: abs(row[0] / batch if row[0] > batch else batch / row[0]))[1]


def inside(rows, batch, answer, truth):
    """Whether the true seconds lie in the foretold interval, and whether the updates do, which need no clock."""
    steps = next(number(row, "steps") for row in rows if row["recommended"] == "yes")
    foretold = answer["steps"]
    words = {True: "yes", False: "no"}
    return " / ".join(
        words[estimate["low"] <= value <= estimate["high"]]
        for estimate, value in ((answer["seconds"], truth), (foretold, steps)))


def row_of(folder, name):
    answer = json.loads((folder / name / "recommendation.json").read_text())
    if answer["verdict"] != "answer":
        return [name, "not enough evidence"] + ["-"] * 8
    with open(folder / f"{name}.csv") as file:
        rows = list(csv.DictReader(file))
    times = [(int(row["batch_size"]), number(row, "seconds")) for row in rows]
    times = [(batch, seconds) for batch, seconds in times if seconds]
    batch = answer["update_batch"]
    truth = next((number(row, "seconds") for row in rows if row["recommended"] == "yes"), None)
    if not truth:
        return [name, str(batch), "not timed: the machine never got quiet"] + ["-"] * 7
    best = min(times, key=lambda pair: pair[1])
    foretold = answer["seconds"]
    spent, tested = seconds_spent(folder / name), seconds_spent(folder / name / "verify")
    rivals = {rival["criterion"]: rival.get("batch") for rival in answer["rivals"]}

    def regret(chosen):
        if not chosen or chosen > 2 * times[-1][0] or 2 * chosen < times[0][0]:
            return "beyond"
        return f"{nearest(times, chosen) / best[1] - 1:+.0%}"

    return [
        name, str(batch), str(best[0]), f"{truth / best[1] - 1:+.0%}",
        f"{foretold['value']:.3g} [{foretold['low']:.3g}, {foretold['high']:.3g}]",
        f"{truth:.3g}",
        inside(rows, batch, answer, truth),
        f"{spent:.3g} / {tested:.3g} = {spent / tested:.0%}", regret(32), regret(rivals.get("throughput knee")),
    ]


def main():
    folder, names = Path(sys.argv[1]), sys.argv[2:]
    head = ["workload", "batch", "best", "regret", "foretold s", "true s", "inside: seconds / updates", "spent / tested s", "32", "knee"]
    table = [head] + [row_of(folder, name) for name in names]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


if __name__ == "__main__":
    main()
