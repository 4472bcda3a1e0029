"""Medians with 95 % intervals, by a block bootstrap over cycles: noise lasts, so neighbouring cycles are alike."""

import random
import statistics


def drawn_cycles(cycles, generator):
    """As many cycles as there are, drawn in blocks of consecutive ones with replacement."""
    count = len(cycles)
    block = max(1, round(count ** (1 / 3)))
    drawn = []
    while len(drawn) < count:
        start = generator.randrange(count)
        drawn += [cycles[(start + offset) % count] for offset in range(block)]
    return drawn[:count]


def ratio_of_medians(above, below, draws=1000, seed=1):
    """The median of `above` over the median of `below`, and its 95 % interval; each maps a cycle to a value.

    Both are drawn in the same cycles, so that what disturbed a cycle disturbs both. The interval is None for fewer than
    five cycles.
    """
    ratio = statistics.median(above.values()) / statistics.median(below.values())
    cycles = sorted(above.keys() | below.keys())
    if min(len(above), len(below)) < 5:
        return ratio, None
    generator = random.Random(seed)
    ratios = []
    while len(ratios) < draws:
        drawn = drawn_cycles(cycles, generator)
        tops = [above[cycle] for cycle in drawn if cycle in above]
        bottoms = [below[cycle] for cycle in drawn if cycle in below]
        if tops and bottoms:
            ratios.append(statistics.median(tops) / statistics.median(bottoms))
    ratios.sort()
    return ratio, (ratios[round(0.025 * (draws - 1))], ratios[round(0.975 * (draws - 1))])


def verdict(interval, same=0.03):
    """FASTER or SLOWER where the interval of a speed-up leaves no doubt, SAME within 3 %, else UNCLEAR."""
    if interval is None:
        return "UNCLEAR"
    low, high = interval
    if low >= 1 - same and high <= 1 + same:
        return "SAME"
    return "FASTER" if low > 1 else "SLOWER" if high < 1 else "UNCLEAR"
