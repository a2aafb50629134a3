"""AMP with the incumbent as the peer, in both directions; in its own process, as a black box."""

import sys
from functools import cache
from pathlib import Path

import pytest
from OpenSSL import crypto

from bench.errors import BenchError
from bench.sides import Environments
from twisted.internet.ssl import DN, Certificate, KeyPair, PrivateCertificate

from .running import ROOT, run, running

PEER = str(Path(__file__).parent / "amp_peer.py")

EXPECTED = """\
everything: True
quotient: {'q': 0.5}
listed: ZeroDivisionError: division by zero
another: TooBigError: no more than 1000
unhandled: UnhandledCommand
simple: b'cba'
back: {'q': 1.5}
no answer: None
told: {'text': ['hello']}
many: True
TLS: {}
in it: {'q': 0.25}
peer: b'example.com'
unlisted: UnknownRemoteError: Code<UNKNOWN>: Unknown Error
lost: ConnectionDone
fatal: GoAwayError: go away
lost: ConnectionDone
switch: {}
inner: b'\\xffready\\nA WORD\\n'
file: True
file: True
lost: ConnectionDone
"""


@cache
def python(side: str) -> str:
    """Return the interpreter that has one side."""
    if side == "ours":
        return sys.executable
    try:
        return str(Environments(ROOT / "build" / "bench" / "environments").python("incumbent-tls"))
    except BenchError as error:
        pytest.skip(f"there is no incumbent here: {error}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates."""
    made = tmp_path_factory.mktemp("amp")
    authority = KeyPair.generate(crypto.TYPE_EC, 256).selfSignedCert(1, CN="authority")
    (made / "root.pem").write_bytes(Certificate(authority.original).dumpPEM())
    key = KeyPair.generate(crypto.TYPE_EC, 256)
    signed = authority.signRequestObject(key.requestObject(DN(CN="example.com")), 2)
    server = PrivateCertificate.fromCertificateAndKeyPair(signed, key)
    (made / "server.pem").write_bytes(server.dumpPEM())
    return made


@pytest.mark.parametrize(
    ("server", "client"),
    [("ours", "ours"), ("ours", "incumbent"), ("incumbent", "ours"), ("incumbent", "incumbent")],
)
def test_all_kinds_of_calls(server: str, client: str, folder: Path) -> None:
    (folder / "socket").unlink(missing_ok=True)
    with running([python(server), PEER, "serve", str(folder)]) as served:
        served.waitFor(lambda text: text.endswith("\n"))
        port = "".join(served.out).strip()
        status, out, err = run([python(client), PEER, "call", str(folder), port])
    assert (out, status) == (EXPECTED, 0), err
