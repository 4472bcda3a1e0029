"""NPY and NPZ files, read and written by NumPy."""

import numpy as np

from samples import TYPES, folders, report, require, require_sample, sample

written, to_read = folders()

arrays = sorted(written.glob("*.npy"))
require(len(arrays) >= len(TYPES), f"there are only {len(arrays)} .npy files")
for path in arrays:
    require_sample(np.load(path, allow_pickle=False), path.stem, path.name)
for name in ("stored.npz", "deflated.npz"):
    with np.load(written / name, allow_pickle=False) as archive:
        require(len(archive.files) == len(arrays), f"{name} has {len(archive.files)} arrays, not {len(arrays)}")
        for array in archive.files:
            require_sample(archive[array], array, name)

names = [f"{type_name}_2x3" for type_name in TYPES]
names += ["float32_scalar", "float64_0", "int32_1", "float32_2x0x3", "int64_2x3x4", "float64_1000"]
for name in names:
    np.save(to_read / f"{name}.npy", sample(name))
for name in ("float32_2x3", "int64_2x3x4", "bool_3x2"):
    np.save(to_read / f"{name}_fortran.npy", np.asfortranarray(sample(name)))
for name in ("float64_2x3", "int16_5", "uint32_2x3x4"):
    array = sample(name)
    np.save(to_read / f"{name}_bigendian.npy", array.astype(array.dtype.newbyteorder(">")))
for version in ((1, 0), (2, 0), (3, 0)):
    with open(to_read / f"float32_2x3_version{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, sample("float32_2x3"), version=version)
np.savez(to_read / "stored.npz", **{name: sample(name) for name in names})
np.savez_compressed(to_read / "deflated.npz", **{name: sample(name) for name in names})
report("NPY", "numpy", np.__version__, f"{len(arrays)} files, bit by bit", 0)
report("NPZ", "numpy", np.__version__, f"2 files of {len(arrays)} arrays, bit by bit", 0)
