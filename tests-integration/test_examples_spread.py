"""The examples of the how-to on calls between objects."""

import sys

from .running import ROOT, Running, run, running

EXAMPLES = ROOT / "docs" / "examples" / "spread"
ANY_PORT = "tcp:0:interface=127.0.0.1"


def example(name: str, *arguments: str) -> list[str]:
    """Return the command that runs an example."""
    return [sys.executable, str(EXAMPLES / name), *arguments]


def endpointOf(server: Running) -> str:
    """Return the description of a client of an example's server."""
    server.waitFor(lambda said: said.endswith("\n"))
    return f"tcp:127.0.0.1:{''.join(server.out).split()[-1]}"


def test_library() -> None:
    # library.py holds what both know.
    with running(example("library_server.py", ANY_PORT)) as server:
        assert run(example("library_client.py", endpointOf(server))) == (
            0,
            "the titles are Frogs, Toads\n"
            "They swim, too.\n"
            "the library says: there is no 'Newts'\n"
            "the library says: No such method: remote_burn\n",
            "",
        )


def test_chat() -> None:
    with running(example("chat_server.py", ANY_PORT)) as server:
        endpoint = endpointOf(server)
        for name, password in (("alice", "1234"), ("bob", "secret")):
            status, out, err = run(
                example("chat_client.py", name, password, "hello, all", endpoint)
            )
            assert (status, out) == (0, f"{name} says: hello, all\n"), err
        status, out, err = run(example("chat_client.py", "bob", "wrong", "hello", endpoint))
        assert (status, out) == (1, "")
        assert "RemoteError" in err
