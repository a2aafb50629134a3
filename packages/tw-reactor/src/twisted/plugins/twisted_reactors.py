"""The kinds of reactor that tw-reactor has, for `--reactor`."""

from twisted.internet._reactorchoice import Reactor

default: Reactor = Reactor("default", "twisted.internet.default", "the best one for this platform")
select: Reactor = Reactor(
    "select", "twisted.internet.selectreactor", "select(2), on every platform"
)
poll: Reactor = Reactor("poll", "twisted.internet.pollreactor", "poll(2), on most kinds of Unix")
epoll: Reactor = Reactor("epoll", "twisted.internet.epollreactor", "epoll(7), on Linux")
