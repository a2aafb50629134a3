"""curl as a client of ours: over both versions of IP, over UNIX sockets, and TLS over them."""

import os
from pathlib import Path

from twisted.internet.error import ConnectionDone
from twisted.protocols.tls import TLSMemoryBIOFactory

from .peers import Files, House, Noting, Serving, digest, files, house, needs

__all__ = ["files", "house"]

pytestmark = needs("curl")

BODY = os.urandom(1024) * 1024


class Web(Serving):
    """Answers each request with what was uploaded, or with `BODY` where nothing was."""

    def buildProtocol(self, addr: object) -> Noting:
        protocol = Noting()

        def answer(data: bytes) -> None:
            head, _, body = protocol.received.partition(b"\r\n\r\n")
            fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
            if b"\r\n\r\n" not in protocol.received or len(body) < int(
                fields.get(b"content-length", b"0")
            ):
                return
            body = body or BODY
            protocol.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n" % len(body))
            protocol.transport.writeSequence([b"Connection: close\r\n\r\n", body])
            protocol.transport.loseConnection()

        protocol.onData = answer
        self.built.append(protocol)
        return protocol


def get(house: House, factory: Web, *more: object) -> None:
    """Let curl fetch the body, and see that all of it arrives."""
    assert digest(fetch(house, factory, *more)) == digest(BODY)


def fetch(house: House, factory: Web, *more: object) -> bytes:
    """Return what curl is answered."""
    target = house.directory / "answer"
    process = house.start("curl", "--silent", "--show-error", "--output", target, *more)
    house.until(lambda: process.poll() is not None)
    assert process.returncode == 0, house.printed(process)
    house.until(lambda: factory.built[-1].reasons)
    assert factory.built[-1].reasons[0].check(ConnectionDone)
    return target.read_bytes()


def upload(house: House) -> Path:
    """Return a file to upload, which is not what is answered to others."""
    path = house.directory / "upload"
    path.write_bytes(BODY[::-1])
    return path


def test_ipv4(house: House) -> None:
    factory = Web()
    number = house.reactor.listenTCP(0, factory, interface="127.0.0.1").getHost().port
    get(house, factory, f"http://127.0.0.1:{number}/")


def test_an_upload_over_ipv6(house: House) -> None:
    factory = Web()
    number = house.reactor.listenTCP(0, factory, interface="::1").getHost().port
    # Without "Expect: 100-continue", to which this small server knows no answer.
    more = ("-g", "-H", "Expect:", "--data-binary", f"@{upload(house)}")
    assert fetch(house, factory, *more, f"http://[::1]:{number}/") == BODY[::-1]


def test_a_unix_socket(house: House) -> None:
    factory = Web()
    house.serve(f"unix:{house.directory / 'sock'}", factory)
    get(house, factory, "--unix-socket", house.directory / "sock", "http://localhost/")


def test_an_abstract_unix_socket(house: House) -> None:
    factory = Web()
    name = f"tw-curl-{os.getpid()}"
    house.reactor.listenUNIX(f"\0{name}", factory)
    get(house, factory, "--abstract-unix-socket", name, "http://localhost/")


def test_tls_over_a_unix_socket(house: House, files: Files) -> None:
    factory = Web()
    wrapped = TLSMemoryBIOFactory(files.options(), False, factory, house.reactor)
    house.reactor.listenUNIX(str(house.directory / "sock"), wrapped)
    get(
        house,
        factory,
        *("--unix-socket", house.directory / "sock", "--cacert", files.root),
        "https://example.com/",
    )
