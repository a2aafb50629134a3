"""Install the reactor that the user names: `by_name.py --reactor poll`, `--help-reactors`."""

import sys

from twisted.application.app import ReactorSelectionMixin
from twisted.python.usage import Options, UsageError


class Command(ReactorSelectionMixin, Options):
    """The options of this command: those of the mixin."""


try:
    Command().parseOptions()
except UsageError as error:
    sys.exit(str(error))

# Imported by now, the reactor that was chosen is found, or else the default one.
from twisted.internet import reactor

reactor.callWhenRunning(reactor.stop)
reactor.run()
print(f"ran on {reactor.__class__.__name__}")
