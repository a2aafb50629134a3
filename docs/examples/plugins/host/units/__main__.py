"""Convert a length to meters: `python -m units 3 ft`."""

import sys

from twisted.plugin import getPlugins
from units.iunits import IUnit


def main(value: str, name: str) -> None:
    """Print a length in meters."""
    units = {unit.name: unit for unit in getPlugins(IUnit)}
    if name not in units:
        sys.exit(f"unknown unit {name}; known are: {', '.join(sorted(units))}")
    print(f"{units[name].meters(float(value)):.4f} m")


if __name__ == "__main__":
    main(*sys.argv[1:])
