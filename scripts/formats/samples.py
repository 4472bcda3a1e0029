"""The arrays that both halves of scripts/check-formats write and expect. Their names say all about them.

`float32_2x3` has the type float32 and the shape (2, 3); `float32_scalar` has no dimension; what follows a second
underscore says nothing. Element i is k = (37 i + 11) mod 101: as itself in whole numbers, k/8 - 5 in floating-point ones,
which all of them hold exactly, and k mod 2 in truth values. Tests/FormatSamples/ArraySample.swift has the same rule.
"""

import math
import pathlib
import sys

import numpy as np

# Without bfloat16, which NumPy does not have.
TYPES = "float64 float32 float16 int64 int32 int16 int8 uint64 uint32 uint16 uint8 bool".split()

METADATA = {"note": 'line\nbreak, "quote", \U0001f600', "epoch": "3"}


def shape_of(name):
    """The shape that the name of a sample says."""
    extents = name.split("_")[1]
    return () if extents == "scalar" else tuple(int(extent) for extent in extents.split("x"))


def type_of(name):
    """The element type that the name of a sample says."""
    return name.split("_")[0]


def sample(name):
    """The array of that name; one of bfloat16 as the 16-bit patterns of its elements."""
    shape = shape_of(name)
    k = (37 * np.arange(math.prod(shape), dtype=np.int64) + 11) % 101
    numbers = (k / 8 - 5).astype(np.float32)
    match type_of(name):
        case "bfloat16":
            array = (numbers.view(np.uint32) >> 16).astype(np.uint16)
        case "bool":
            array = k % 2 == 1
        case type_name if type_name.startswith("float"):
            array = numbers.astype(type_name)
        case type_name:
            array = k.astype(type_name)
    return array.reshape(shape)


def require(condition, message):
    """Ends the check with the message unless the condition holds."""
    if not condition:
        sys.exit(f"{pathlib.Path(sys.argv[0]).name}: {message}")


def require_sample(array, name, place):
    """Ends the check unless the array is the one its name says, bit by bit."""
    expected = sample(name)
    require(
        array.dtype == expected.dtype and array.shape == expected.shape and array.tobytes() == expected.tobytes(),
        f"{place}: '{name}' is {array.dtype} {array.shape} {array}, not {expected.dtype} {expected.shape} {expected}",
    )


def report(form, package, version, compared, difference):
    """Prints a row of the table that scripts/check-formats draws: what was written here and read there."""
    print(form, package, version, "written here, read there", compared, difference, sep="\t")


def folders():
    """The folder with the files this package wrote, and the one for the files it is to read."""
    require(len(sys.argv) == 3, "give the folder to read and the one to write")
    return pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
