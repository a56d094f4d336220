"""The handwritten digits that come with scikit-learn, and one fixed split of them.

1797 grey images of 8x8 pixels with values 0..16, scaled here to 0..1: 1297 to train on (and to calibrate
from), 500 to test on. Images are (N, 1, 8, 8) float32, labels (N,) int64.

    python3 data.py OUT [--calibration N]   writes OUT/calibration.npz, OUT/test_images.npy and OUT/test_labels.npy
"""

import argparse
import pathlib

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

INPUT_NAME = "image"
TEST_COUNT = 500
SPLIT_SEED = 0


def load_split():
    """Returns (train_images, train_labels, test_images, test_labels), the same on every call."""
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, np.newaxis]
    labels = digits.target.astype(np.int64)
    train_images, test_images, train_labels, test_labels = train_test_split(
        images, labels, test_size=TEST_COUNT, random_state=SPLIT_SEED, stratify=labels
    )
    return train_images, train_labels, test_images, test_labels


def training_samples():
    """Returns the training images (1297, 1, 8, 8) and their labels (1297,)."""
    return load_split()[:2]


def test_samples():
    """Returns the test images (500, 1, 8, 8) and their labels (500,)."""
    return load_split()[2:]


def calibration_samples(count=100):
    """Returns the first `count` training images (count, 1, 8, 8); the split has already shuffled them."""
    images, _ = training_samples()
    if not 0 < count <= len(images):
        raise ValueError(f"count must be in 1..{len(images)}, not {count}")
    return images[:count]


def main():
    parser = argparse.ArgumentParser(description="Write the calibration and the test samples as NumPy files.")
    parser.add_argument("out", type=pathlib.Path, help="The folder to write to.")
    parser.add_argument("--calibration", type=int, default=100, metavar="N", help="How many samples to calibrate with.")
    args = parser.parse_args()

    args.out.mkdir(parents=True, exist_ok=True)
    images, labels = test_samples()
    np.savez(args.out / "calibration.npz", **{INPUT_NAME: calibration_samples(args.calibration)})
    np.save(args.out / "test_images.npy", images)
    np.save(args.out / "test_labels.npy", labels)


if __name__ == "__main__":
    main()
