"""The FTP server is told the same in any pieces, and says the same."""

import os
import re
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.internet.testing import EventLoggingObserver
from twisted.logger import globalLogPublisher

from .ftp_helpers import Served

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)

LINES = [
    *(
        b"USER ada\r\n",
        b"USER anonymous\r\n",
        b"PASS sesame\r\n",
        b"PASS x\r\n",
        b"PWD\r\n",
        b"CWD d\r\n",
    ),
    *(
        b"CWD ..\r\n",
        b"MKD d\r\n",
        b"RMD d\r\n",
        b"RNFR d\r\n",
        b"RNTO e\r\n",
        b"PASV\r\n",
        b"EPSV\r\n",
    ),
    *(
        b"LIST\r\n",
        b"ABOR\r\n",
        b"TYPE A\r\n",
        b"REST 5\r\n",
        b"SIZE d\r\n",
        b"STOR f\r\n",
        b"HELP\r\n",
    ),
    *(b"PORT 192,0,2,7,7,208\r\n", b"EPRT |1|192.0.2.7|2000|\r\n", b"QUIT\r\n", b"AUTH TLS\r\n"),
    *(b"\xff\xf4\xf2", b"\r\n", b"\n", b"\0", b"MLST \xff\r\n", b"RETR ../../etc/passwd\r\n"),
]


def answers(pieces: list[bytes]) -> bytes:
    """Return what a server says to what comes in pieces, and later when its time has passed."""
    observer = EventLoggingObserver()
    globalLogPublisher.addObserver(observer)
    try:
        with TemporaryDirectory() as directory:
            served = Served(Path(directory))
            served.login()
            for piece in pieces:
                if not served.wire.disconnecting:
                    served.wire.protocol.dataReceived(piece)
            for _ in range(60):
                served.reactor.advance(60)
            assert not served.wire.connected
            assert served.reactor.getDelayedCalls() == []
    finally:
        globalLogPublisher.removeObserver(observer)
    assert [event for event in observer if "log_failure" in event] == []
    return re.sub(rb"modify=[0-9]+", b"modify=", served.wire.value())


@pytest.mark.property
@EXAMPLES
@given(
    st.lists(st.one_of(st.sampled_from(LINES), st.binary(max_size=5)), max_size=25).map(b"".join),
    st.lists(st.integers(0, 400), max_size=5),
)
def test_any_cut_gives_the_same_replies(stream: bytes, places: list[int]) -> None:
    edges = sorted({0, len(stream), *(place % (len(stream) + 1) for place in places)})
    pieces = [stream[a:b] for a, b in pairwise(edges)]
    assert answers(pieces) == answers([stream])
