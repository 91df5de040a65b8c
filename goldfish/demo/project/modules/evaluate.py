"""Measure the model on images it has never seen."""

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix

from goldfish.io import load_input, save_output
from goldfish.metrics import log_metric


def main() -> None:
    model = np.load(load_input("model") / "weights.npz")
    test = load_input("test")
    pixels, labels = test[:, :-1] / 16, test[:, -1].astype(int)
    drive = pixels @ model["w0"] + model["b0"]
    hidden = np.where(drive > 0, drive, 0.1 * drive)
    guessed = (hidden @ model["w1"] + model["b1"]).argmax(axis=1)
    accuracy = float(accuracy_score(labels, guessed))
    log_metric("accuracy", accuracy)
    save_output("report", {"accuracy": accuracy, "confusion": confusion_matrix(labels, guessed).tolist()})
