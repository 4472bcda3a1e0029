"""Times the training step of an MLP while it is observed. Started by scripts/bench/observe, which see."""

from variants import Variants, time_variants

REFERENCE = "nothing"
# What is observed, by the names that --observe takes.
OBSERVED = {
    "noise-scale": "noise-scale",
    "norm-test": "norm-test",
    "set": "noise-scale,norm-test,inner-product-test,cabs,distance,update-size",
    "gsnr": "gsnr",
}


if __name__ == "__main__":
    time_variants(
        Variants(
            about="Times the training step of an MLP while every step is observed, relative to one that is not.",
            noun="observation", column="observed", heading="every step observed", reference=REFERENCE,
            prepare={REFERENCE: ["sgd"], **{name: ["sgd", text] for name, text in OBSERVED.items()}},
            batches=[8, 128, 1024], model="784-1000-500-100-10",
        )
    )  # fmt: skip
