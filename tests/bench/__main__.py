"""`make bench`: each benchmark prints one JSON object per figure. `python -m tests.bench NAME…` runs some."""

from __future__ import annotations

import importlib
import json
import sys

NAMES = ("painted", "boards", "importing", "halls", "coverage", "who", "queueing", "forecast", "detection", "ticks")


def main() -> None:
    for name in sys.argv[1:] or NAMES:
        for figure in importlib.import_module(f"tests.bench.{name}").figures():
            print(json.dumps({"bench": name, **figure}), flush=True)


if __name__ == "__main__":
    main()
