"""The examples of the how-to on perspectives and logins, with clients of ours and the incumbent's."""

import sys

import pytest

from .peers import incumbent
from .running import run, running
from .test_examples_spread import ANY_PORT, EXAMPLES, endpointOf, example


@pytest.fixture(params=["ours", "incumbent"])
def client(request: pytest.FixtureRequest) -> list[str]:
    """The beginning of a command that runs a client."""
    return [sys.executable if request.param == "ours" else str(incumbent())]


def test_echo_for_whom_the_realm_knows(client: list[str]) -> None:
    program = [*client, str(EXAMPLES / "spread-logins" / "echo_client.py")]
    with running(example("spread-logins/echo_server.py", ANY_PORT)) as server:
        endpoint = endpointOf(server)
        for user, said in (
            (("guest", "password"), "the server says 'hello'\n"),
            (("guest", "wrong"), "not let in\n"),
            (("nobody", "password"), "not let in\n"),
        ):
            status, out, err = run([*program, *user, endpoint])
            assert (status, out) == (0, said), err
        server.waitFor(lambda said: said.endswith("echoing 'hello'\nlogged out\n"))
        assert "Traceback" not in "".join(server.err)


def test_diaries_are_kept_counted_and_limited(client: list[str]) -> None:
    program = [*client, str(EXAMPLES / "spread-logins" / "diary_client.py")]
    with running(example("spread-logins/diary_server.py", ANY_PORT)) as server:
        endpoint = endpointOf(server)
        for before in (0, 3):
            status, out, err = run([*program, endpoint])
            assert status == 0, err
            # The connection of the first client is gone, its entries are not.
            assert out == (
                "somebody with the password of alice wrote 'it rains'\n"
                f"entries: {before + 1}\n"
                "somebody with the password of alice wrote 'it still rains'\n"
                f"entries: {before + 2}\n"
                f"entries of bob: {1 if before == 0 else 2}\n"
                "diaries: 2\n"
                "refused: No such method: perspective_write\n"
                "refused: you have 2 sessions already\n"
                f"entries: {before + 3}\n"
            )
        assert "Traceback" not in "".join(server.err)


def test_chat_is_heard_by_the_group_alone() -> None:
    with running(example("spread-logins/chat_server.py", ANY_PORT)) as server:
        endpoint = endpointOf(server)
        chat = ["spread-logins/chat_client.py"]
        listening = example(*chat, "bob", "secret", "frogs", "", endpoint)
        elsewhere = example(*chat, "bob", "secret", "toads", "", endpoint)
        with running(listening) as bob, running(elsewhere) as other:
            bob.waitFor(lambda said: said == "joined frogs\n")
            other.waitFor(lambda said: said == "joined toads\n")
            assert run(example(*chat, "alice", "1234", "frogs", "hello, all", endpoint)) == (
                0,
                "joined frogs\nalice says in frogs: hello, all\n",
                "",
            )
            bob.waitFor(lambda said: said == "joined frogs\nalice says in frogs: hello, all\n")
            # What was said in the other group comes after what would have been heard there.
            run(example(*chat, "alice", "1234", "toads", "ho", endpoint))
            other.waitFor(lambda said: said == "joined toads\nalice says in toads: ho\n")
        status, out, err = run(example(*chat, "bob", "wrong", "frogs", "hello", endpoint))
        assert (status, out) == (1, "")
        assert "RemoteError" in err


SPOOFING = """
import sys
from twisted.cred.credentials import UsernamePassword
from twisted.internet.endpoints import clientFromString
from twisted.internet.task import react
from twisted.spread import pb

class Ear(pb.Referenceable):
    def remote_heard(self, group, name, text):
        pass

def refused(failure):
    print("refused:", failure.getErrorMessage())

async def main(reactor, description):
    factory = pb.PBClientFactory()
    await clientFromString(reactor, description).connect(factory)
    alice = UsernamePassword(b"alice", b"1234")
    await factory.login(alice).addErrback(refused)
    await factory.login(alice, client="no reference").addErrback(refused)
    ear = Ear()
    user = await factory.login(alice, client=ear)
    frogs = await user.callRemote("join", "frogs")
    toads = await user.callRemote("join", "toads")
    for args, kw in (
        (("bob", "I like worms"), {}),
        ((user, "I like worms"), {}),
        ((toads, "I like worms"), {}),
        (("I like worms",), {"user": "bob"}),
        (("I like\\nworms",), {}),
        (("worms" * 101,), {}),
        ((["worms"],), {}),
    ):
        await frogs.callRemote("say", *args, **kw).addErrback(refused)
    for name in ("__init__", "perspective_join", "name", "leave", "logout"):
        await user.callRemote(name, "bob").addErrback(refused)
    await user.callRemote("join", "x" * 51).addErrback(refused)
    await frogs.callRemote("leave")
    await frogs.callRemote("say", "am I still here?").addErrback(refused)
    await user.callRemote("join", "frogs")
    await frogs.callRemote("say", "it is only me")
    for number in range(98):
        await user.callRemote("join", str(number))
    await user.callRemote("join", "one more").addErrback(refused)

react(main, sys.argv[1:])
"""


def test_nobody_can_pretend_to_be_another(client: list[str]) -> None:
    with running(example("spread-logins/chat_server.py", ANY_PORT)) as server:
        endpoint = endpointOf(server)
        chat = "spread-logins/chat_client.py"
        with running(example(chat, "bob", "secret", "frogs", "", endpoint)) as bob:
            bob.waitFor(lambda said: said == "joined frogs\n")
            status, out, err = run([*client, "-c", SPOOFING, endpoint])
            assert status == 0, err
            tried = 2 + 7 + 5 + 1 + 1 + 1
            assert [line.split()[0] for line in out.splitlines()] == ["refused:"] * tried
            bob.waitFor(lambda said: said == "joined frogs\nalice says in frogs: it is only me\n")
        assert "Traceback" not in "".join(server.err)


REALM = """
from twisted.python.components import Interface
from echo_server import Realm

class ISomethingElse(Interface):
    pass

try:
    Realm().requestAvatar(b"guest", None, ISomethingElse)
except NotImplementedError as error:
    print(error)
"""


def test_realm_has_no_other_avatars() -> None:
    assert run([sys.executable, "-c", REALM], EXAMPLES / "spread-logins") == (
        0,
        "there are avatars for Perspective Broker only\n",
        "",
    )
