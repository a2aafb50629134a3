"""Perspective Broker with the incumbent as the peer, in both directions; as a black box."""

import sys
from functools import cache
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.sides import Environments

from .running import ROOT, run, running

PEER = str(Path(__file__).parent / "spread_peer.py")

EXPECTED = """\
values: []
keywords: True
identity: (True, True)
later: 'later'
reference: 3
it comes back: True
equal: True
callback: 7
mine: True
expected: ('spread_peer.MyError', 'fall down go boom')
unexpected: ('builtins.ValueError', 'nobody expects it')
no method: ('twisted.spread.flavors.NoSuchMethod', 'No such method: remote_nothing')
private: ('twisted.spread.flavors.NoSuchMethod', 'No such method: remote___class__')
unknown class: ['twisted.spread.jelly.InsecureJelly']
trap: True
copy: (True, False, {'frogs': 7})
cache: ['one']
told: [2]
followed: ['one', 'two']
original: True
observers: 1
no observers: 0
their cache: ['one']
they followed: ['one', 'three']
they let go: []
pages: True
alice: 'alice'
her mind: 11
room: ('alice says: hi', 'bob says: ho')
anonymous: 'Anonymous'
login: ['twisted.cred.error.UnauthorizedLogin']
login: ['twisted.cred.error.UnauthorizedLogin']
sessions: 3
pending: ['twisted.spread.pb.PBConnectionLost']
dead: True
"""


@cache
def python(side: str) -> str:
    """Return the interpreter that has one side."""
    if side == "ours":
        return sys.executable
    try:
        return str(Environments(ROOT / "build" / "bench" / "environments").python("incumbent"))
    except BenchError as error:
        pytest.skip(f"there is no incumbent here: {error}")


@pytest.mark.parametrize(
    ("server", "client"), [("ours", "ours"), ("ours", "incumbent"), ("incumbent", "ours")]
)
def test_all_kinds_of_calls(server: str, client: str) -> None:
    with running([python(server), PEER, "serve"]) as served:
        served.waitFor(lambda text: text.endswith("\n"))
        ports = "".join(served.out).split()
        status, out, err = run([python(client), PEER, "call", *ports])
    assert (out, status) == (EXPECTED, 0), err
