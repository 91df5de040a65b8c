"""The program of a stage process: `python -P …/goldfish/stage/__main__.py` with GOLDFISH_DIRECTORY set."""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    # At the end of the path: an installed goldfish wins, and nothing that lies beside this one shadows the user's code.
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    from goldfish.stage.carry_out import carry_out

    carry_out()
