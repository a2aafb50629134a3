"""Logs in, and says something."""

from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb


async def main(reactor, name="guest", password="password", description="tcp:127.0.0.1:9986"):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    login = factory.login(UsernamePassword(name.encode(), password.encode()))
    # An errback knows the errors of the server by their classes.
    login.addErrback(lambda failure: failure.trap(UnauthorizedLogin) and None)
    # The session lasts as long as this reference is kept.
    user = await login
    if user is None:
        print("not let in")
    else:
        print("the server says", repr(await user.callRemote("echo", "hello")))


if __name__ == "__main__":
    import sys

    react(main, sys.argv[1:])
