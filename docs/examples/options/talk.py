"""Talk more or less: options that are methods."""

import sys

from twisted.python import usage


class Options(usage.Options):
    def __init__(self):
        super().__init__()
        self["verbosity"] = 0
        self["symbols"] = []

    def opt_verbose(self):
        """Talk more; can be repeated."""
        self["verbosity"] += 1

    def opt_quiet(self):
        """Talk less; can be repeated."""
        self["verbosity"] -= 1

    def opt_define(self, symbol):
        """Define a symbol; can be repeated."""
        self["symbols"].append(symbol)

    opt_v = opt_verbose
    opt_q = opt_quiet
    opt_D = opt_define


def main():
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    print("verbosity", options["verbosity"], "symbols", *options["symbols"])


if __name__ == "__main__":
    main()
