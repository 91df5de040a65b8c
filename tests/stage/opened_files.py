"""A program: loads stages as goldfish does, each in a process of its own, and says what files of the code were opened.

It reads a JSON list of directories, and writes a JSON list of lists of paths.
"""

import json
import os
import sys

from goldfish.stage import carry_out


class Order:
    """What `carry_out` needs to know to load a stage."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.module = "modules/train.py"


def opened(code: str) -> list[str]:
    """The files below `code` that loading its stage opens, by whatever means."""
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading) as said:
            found = json.load(said)
        os.wait()
        return found
    seen: set[str] = set()

    def note(event: str, arguments: tuple) -> None:
        if event == "open" and isinstance(arguments[0], str | bytes):
            seen.add(os.path.realpath(os.fsdecode(arguments[0])))

    sys.dont_write_bytecode = True
    os.chdir(code)
    sys.addaudithook(note)
    try:
        carry_out._load(Order(code))
    except BaseException as error:  # noqa: BLE001 — whatever a stage raises, what it opened is told
        print(f"{code}: {error!r}", file=sys.stderr)
    inside = os.path.realpath(code) + "/"
    answer = sorted(path.removeprefix(inside) for path in seen if path.startswith(inside) and os.path.isfile(path))
    os.write(writing, json.dumps(answer).encode())
    os._exit(0)


if __name__ == "__main__":
    json.dump([opened(code) for code in json.load(sys.stdin)], sys.stdout)
