"""Split the digits into train and test, each class in the same proportion."""

import numpy as np
from sklearn.model_selection import train_test_split

from goldfish.io import get_config, load_input, runtime_log, save_output


def main() -> None:
    config = get_config()
    table = load_input("raw")
    rows = np.column_stack([table[name] for name in table.column_names]).astype(np.float32)
    train, test = train_test_split(
        rows, test_size=config["test_fraction"], random_state=config["seed"], stratify=rows[:, -1]
    )
    save_output("train", train)
    save_output("test", test)
    runtime_log(f"{len(train)} images to train on, {len(test)} to test on")
