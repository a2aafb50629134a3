"""An observer that adds up how long each client's requests take."""

from collections import Counter

from twisted.logger import LogEvent, extractField

FORMAT = "{request.client} asked for {request.path}, which took {request.seconds} s"


class SlowClients:
    """Adds up the seconds of the requests of each client."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()

    def __call__(self, event: LogEvent) -> None:
        """Look at an event."""
        if event.get("log_format") == FORMAT:
            client = extractField("request.client", event)
            self.seconds[client] += extractField("request.seconds", event)
