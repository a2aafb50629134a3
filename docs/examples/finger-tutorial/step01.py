"""Wait for events, of which there are none but Ctrl-C: python step01.py."""

from twisted.internet import reactor

reactor.run()
