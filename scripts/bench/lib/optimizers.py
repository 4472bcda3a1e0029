"""Times the training step of an MLP with each optimizer. Started by scripts/bench/optimizers, which see."""

from variants import Variants, time_variants

REFERENCE = "sgd"
OPTIMIZERS = [REFERENCE, "sgd-plain", "adam", "adamw", "rmsprop", "rmsprop-centred", "adagrad", "lars", "lamb"]


if __name__ == "__main__":
    time_variants(
        Variants(
            about="Times the training step of an MLP with each optimizer, relative to SGD with momentum.",
            noun="optimizer", column="optimizer", heading="by optimizer", reference=REFERENCE,
            prepare={name: [name] for name in OPTIMIZERS}, batches=[1, 32, 512], model="784-512-512-10",
        )
    )  # fmt: skip
