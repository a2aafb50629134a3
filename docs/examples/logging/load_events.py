"""Show saved events as text again: `python load_events.py FILE`."""

import sys

from twisted.logger import eventsFromJSONLogFile, textFileLogObserver

show = textFileLogObserver(sys.stdout, timeFormat=None)

with open(sys.argv[1], "rb") as file:
    for event in eventsFromJSONLogFile(file):
        show(event)
