"""Greenhouses that log: from the module, and from their class."""

import sys

from twisted.logger import Logger, globalLogBeginner, textFileLogObserver

log = Logger()


class Greenhouse:
    """A house for plants, with a thermometer."""

    log = Logger()

    def __init__(self, name: str, temperature: float) -> None:
        self.name = name
        self.temperature = temperature

    def check(self) -> None:
        """Look at the thermometer."""
        self.log.debug("looked at the thermometer of {log_source.name}")
        if self.temperature > 35:
            self.log.warn(
                "{log_source.name} has {temperature:.1f} degrees: open a window",
                temperature=self.temperature,
            )


def main() -> None:
    """Check two greenhouses, and log it to the terminal."""
    globalLogBeginner.beginLoggingTo([textFileLogObserver(sys.stdout)])
    houses = [Greenhouse("Palms", 38.25), Greenhouse("Ferns", 21)]
    log.info("checking {count} greenhouses", count=len(houses))
    for house in houses:
        house.check()


if __name__ == "__main__":
    main()
