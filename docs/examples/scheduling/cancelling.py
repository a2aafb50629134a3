"""A call that is called off, and one that is put off again and again."""

from twisted.internet import reactor

never = reactor.callLater(60, print, "I'll never run")
never.cancel()
print("still to come:", never.active())


def timedOut() -> None:
    print("nothing was heard for a while")
    reactor.stop()


timeout = reactor.callLater(0.3, timedOut)


def heard(what: str) -> None:
    print("heard", what)
    timeout.reset(0.3)


reactor.callLater(0.1, heard, "something")
reactor.callLater(0.2, heard, "something else")
reactor.run()
