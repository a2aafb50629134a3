"""Find slow clients while the program runs."""

from save_events import Request, serve
from slow_clients import SlowClients

from twisted.logger import globalLogPublisher

slow = SlowClients()
globalLogPublisher.addObserver(slow)
serve(Request("/chairs", "192.0.2.1", 0.25))
serve(Request("/tables", "192.0.2.7", 0.5))
print(slow.seconds.most_common(1))
