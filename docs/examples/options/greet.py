"""Greet somebody: parameters, and functions that make values of them."""

import sys

from twisted.python import usage


def oneToThree(text):
    number = int(text)
    if number not in range(1, 4):
        raise ValueError("it is not in the range")
    return number


oneToThree.coerceDoc = "Must be 1, 2 or 3."


class Options(usage.Options):
    optParameters = [
        ["user", "u", None, "The user's name"],
        ["times", "t", 1, "How many times to greet", oneToThree],
        ["port", "p", 8000, "The port to name", usage.portCoerce],
    ]


def main():
    options = Options()
    try:
        options.parseOptions()
    except usage.UsageError as error:
        sys.exit(f"{sys.argv[0]}: {error}")
    name = "whoever you are" if options["user"] is None else options["user"]
    for _ in range(options["times"]):
        print(f"Hello, {name}, at port {options['port']}")


if __name__ == "__main__":
    main()
