"""Find slow clients in saved events: `python analyze_events.py FILE`."""

import sys

from slow_clients import SlowClients

from twisted.logger import eventsFromJSONLogFile

slow = SlowClients()
with open(sys.argv[1], "rb") as file:
    for event in eventsFromJSONLogFile(file):
        slow(event)
print(slow.seconds.most_common(1))
