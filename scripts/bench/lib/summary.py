"""What the samples of a point come to."""

import statistics

from intervals import ratio_of_medians, verdict


def summary_cell(point, ours):
    """The point's median, and how much slower it is than `ours`, the same with our own engine; that may be None."""
    kept = point.kept
    cell = {
        "kept": len(kept), "disturbed": point.disturbed, "discarded": len(point.samples) - len(kept), "waits": point.waits,
    }  # fmt: skip
    if kept:
        cell["median"] = statistics.median(kept.values())
        if ours and ours.kept and ours is not point:
            cell["speed_up"], cell["interval"] = ratio_of_medians(kept, ours.kept)
            cell["verdict"] = verdict(cell["interval"])
    return cell


def counts(name, cells):
    """A line on how many samples of an engine there are."""
    count = {key: sum(cell[key] for cell in cells) for key in ("kept", "disturbed", "discarded", "waits")}
    return (
        f"{name}: {count['kept']} samples kept, of which {count['disturbed']} disturbed, {count['discarded']} discarded, "
        f"{count['waits']} waits for quiet"
    )


LEGEND = """x: that engine's time over batchwise's, with its 95 % interval; FASTER, SLOWER, SAME (within 3 %) or
UNCLEAR is batchwise. (n): fewer than 5 samples kept. ~: more than half of the samples were disturbed."""
