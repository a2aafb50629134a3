"""Perspective Broker with the incumbent as the peer, in both directions; as a black box."""

from .spread_pairs import PAIRINGS, play, spoken

EXPECTED = """\
values: []
keywords: True
identity: (True, True)
later: later
reference: 3
it comes back: True
equal: True
callback: 7
mine: True
expected: ('spread_programs.mixture.MyError', 'fall down go boom')
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
alice: alice
her mind: 11
room: ('alice says: hi', 'bob says: ho')
anonymous: Anonymous
login: ['twisted.cred.error.UnauthorizedLogin']
login: ['twisted.cred.error.UnauthorizedLogin']
sessions: 3
pending: ['twisted.spread.pb.PBConnectionLost']
dead: True
"""


@PAIRINGS
def test_all_kinds_of_calls(server: str, client: str) -> None:
    assert play("mixture", server, client).client == spoken(EXPECTED)
