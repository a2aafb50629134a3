"""Say how to act: flags."""

import sys

from twisted.python import usage


class Options(usage.Options):
    optFlags = [
        ["fast", "f", "Be done early"],
        ["good", "g", "Take care of details"],
        ["cheap", "c", "Spend little"],
    ]

    def postOptions(self):
        if self["fast"] and self["good"] and self["cheap"]:
            raise usage.UsageError("of fast, good and cheap you can have two")


def main():
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        print(f"{sys.argv[0]}: {error}")
        print(f"{sys.argv[0]}: Try --help for usage details.")
        sys.exit(1)
    print(*[name for name in ("fast", "good", "cheap") if options[name]])


if __name__ == "__main__":
    main()
