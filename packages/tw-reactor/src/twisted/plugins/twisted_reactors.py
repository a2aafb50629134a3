"""The kinds of reactor that tw-reactor has, for `--reactor`."""

from twisted.internet._reactorchoice import Reactor

default: Reactor = Reactor("default", "twisted.internet.default", "the best one for this platform")
select: Reactor = Reactor(
    "select", "twisted.internet.selectreactor", "select(2), on every platform"
)
poll: Reactor = Reactor("poll", "twisted.internet.pollreactor", "poll(2), on most kinds of Unix")
epoll: Reactor = Reactor("epoll", "twisted.internet.epollreactor", "epoll(7), on Linux")
kqueue: Reactor = Reactor("kqueue", "twisted.internet.kqreactor", "kqueue(2), on BSD and macOS")
gi: Reactor = Reactor("gi", "twisted.internet.gireactor", "the main loop of GLib, by PyGObject")
gtk3: Reactor = Reactor("gtk3", "twisted.internet.gtk3reactor", "the main loop of GTK 3")
wx: Reactor = Reactor("wx", "twisted.internet.wxreactor", "the main loop of wxPython")
threadedselect: Reactor = Reactor(
    "threadedselect", "twisted.internet._threadedselect", "select(2) in a thread of its own"
)
asyncio: Reactor = Reactor(
    "asyncio", "twisted.internet.asyncioreactor", "asyncio, with the libraries that are made for it"
)
uvloop: Reactor = Reactor(
    "uvloop",
    "twisted.internet.uvloopreactor",
    "asyncio on uvloop, which is faster (extra [uvloop])",
)
