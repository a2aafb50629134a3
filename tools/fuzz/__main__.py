"""Feeds parsers with random and mutated inputs: `python3 tools/dev.py fuzz [TARGET ...]`.

A target is a parser or a family of them. Each input is tried whole and in pieces, which must give
the same; no exception may come but those that are documented, nothing may be kept beyond its limit,
and nothing may hang. What fails is printed with the command that tries it again.
"""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence

from fuzz.campaign import PATIENCE, Result, watched
from fuzz.noise import Noise
from fuzz.report import HEADING, failureLines, row, summary
from fuzz.target import Target
from fuzz.trial import attempt

INTERRUPTED = 130  # what shells report after Ctrl-C


def number(text: str) -> int:
    """Read a number from the command line."""
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError
    return int(text)


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="tools/dev.py fuzz", description=__doc__)
    parser.add_argument("target", nargs="*", help="a target or a family; all if left out")
    parser.add_argument("--inputs", type=number, default=20000, help="how many for each (20000)")
    parser.add_argument("--seed", type=number, default=1, help="another seed, other inputs (1)")
    parser.add_argument("--first", type=number, default=0, help="the number of the first (0)")
    parser.add_argument("--only", type=number, help="try one input alone, by its number")
    parser.add_argument(
        "--patience", type=number, default=int(PATIENCE), help="seconds for an input (60)"
    )
    parser.add_argument("--list", action="store_true", help="print the targets, and stop")
    return parser.parse_args(arguments)


def choose(families: Mapping[str, Sequence[Target]], names: Sequence[str]) -> list[Target]:
    """Return the targets that are meant.

    Raises:
        LookupError: There is none of a name.
    """
    byName = {target.name: [target] for family in families.values() for target in family}
    known: dict[str, list[Target]] = byName | {name: [*each] for name, each in families.items()}
    chosen: dict[str, Target] = {}
    for name in names or families:
        if name not in known:
            raise LookupError(f"there is no target {name!r}; --list tells which there are")
        chosen.update((target.name, target) for target in known[name])
    return [*chosen.values()]


def replay(target: Target, settings: argparse.Namespace) -> Result:
    """Try one input in this process, so that a debugger reaches it."""
    noise = Noise()
    noise.begin()
    trial = attempt(target, settings.seed, settings.only, noise, True)
    result = Result(target.name, 1, trial.size, inputMemory=trial.memory)
    if trial.failure is not None:
        result.failures.append(trial.failure)
    return result


def run(families: Mapping[str, Sequence[Target]], arguments: Sequence[str]) -> int:
    """Do what the command line asks for, and return the exit status.

    Args:
        families: The targets that there are.
        arguments: The command line.
    """
    settings = options(arguments)
    try:
        targets = choose(families, settings.target)
    except LookupError as error:
        print(f"fuzz: {error}", file=sys.stderr)
        return 2
    if settings.list:
        for name, family in families.items():
            print(f"{name}: {' '.join(target.name for target in family)}")
        return 0
    results: list[Result] = []
    print(f"seed {settings.seed}\n{HEADING}", flush=True)
    for target in targets:
        if settings.only is not None:
            result = replay(target, settings)
        else:
            result = watched(
                target, settings.seed, settings.first, settings.inputs, settings.patience
            )
        results.append(result)
        print(row(result), flush=True)
        for failure in result.failures:
            print("\n".join(failureLines(failure)), flush=True)
    print(summary(results))
    return 1 if any(result.failures for result in results) else 0


def main(arguments: Sequence[str]) -> int:
    """Run and return the exit status."""
    from fuzz.families import families

    # On SIGTERM the process of a target is ended as well, by the exception.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        return run(families(), arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
