"""Compare two files: arguments, and an option that a base class brings along."""

import sys
from pathlib import Path

from twisted.python import usage


class CommonOptions(usage.Options):
    optFlags = [["quiet", "q", "Print nothing; the exit status tells"]]


class Options(CommonOptions):
    optParameters = [["max-differences", "d", 1, "How many to show", int]]
    synopsis = "Usage: compare.py [options] origin changed"

    def parseArgs(self, origin, changed):
        self["origin"] = Path(origin)
        self["changed"] = Path(changed)


def main():
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    pairs = zip(
        options["origin"].read_text().splitlines(),
        options["changed"].read_text().splitlines(),
        strict=False,
    )
    different = [(number, a, b) for number, (a, b) in enumerate(pairs, 1) if a != b]
    if not options["quiet"]:
        for number, a, b in different[: options["max-differences"]]:
            print(f"line {number}: {a!r} became {b!r}")
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
