"""Save events with their structure: `python save_events.py FILE`."""

import sys
from dataclasses import dataclass

from twisted.logger import Logger, globalLogBeginner, jsonFileLogObserver


@dataclass
class Request:
    """What a client asks for."""

    path: str
    client: str
    seconds: float


log = Logger("shop.web")


def serve(request: Request) -> None:
    """Answer a request."""
    log.info(
        "{request.client} asked for {request.path}, which took {request.seconds} s",
        request=request,
    )


def main(path: str) -> None:
    """Answer a few requests, and save what is logged."""
    with open(path, "a") as file:
        globalLogBeginner.beginLoggingTo([jsonFileLogObserver(file)], redirectStandardIO=False)
        serve(Request("/chairs", "192.0.2.1", 0.25))
        serve(Request("/tables", "192.0.2.7", 0.5))
        serve(Request("/chairs", "192.0.2.1", 1.0))


if __name__ == "__main__":
    main(sys.argv[1])
