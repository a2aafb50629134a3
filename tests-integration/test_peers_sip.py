"""sipsak and SIPp as phones that call each other through our proxy, with the example of its how-to."""

import re
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .peers import needs
from .running import Running, run, running

EXAMPLES = Path(__file__).resolve().parent.parent / "docs" / "examples"


@contextmanager
def registrar(passwords: str = "") -> Iterator[tuple[Running, int]]:
    """Run the example, yield it with its port, and end it as its user would."""
    command = [sys.executable, "sip/registrar.py", "127.0.0.1", "127.0.0.1", "0"]
    with running(command + [passwords] * bool(passwords), EXAMPLES) as program:
        program.waitFor(lambda text: "\n" in text)
        found = re.search(r"port=([0-9]+)", program.out[0])
        assert found, program.out
        yield program, int(found[1])
        assert program.stop() == 0, program.err
        assert program.err == []


def sipsak(port: int, *options: str, user: str = "ada") -> tuple[int, str]:
    """Run sipsak; return its status and all that it says."""
    status, out, err = run(["sipsak", *options, "-s", f"sip:{user}@127.0.0.1:{port}"])
    return status, out + err


@needs("sipsak")
def test_sipsak_registers() -> None:
    with registrar() as (_, port):
        status, said = sipsak(port, "-U", "-vvv")
        assert status == 0, said
        assert "All usrloc tests completed successful" in said
        assert re.search(r"Contact: <sip:ada@127.0.0.1:[0-9]+>;expires=3600", said)


@needs("sipsak")
def test_sipsak_is_told_of_users_that_are_not_there() -> None:
    with registrar() as (_, port):
        status, said = sipsak(port, "-vv", user="eve")
        assert status == 1
        assert "404 Not Found" in said


@needs("sipsak")
def test_sipsak_logs_in_by_digest(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("ada:secret\nbob:hidden\n")
    with registrar(str(tmp_path / "passwords")) as (_, port):
        status, said = sipsak(port, "-U", "-u", "ada", "-a", "secret", "-vv")
        assert status == 0, said
        status, said = sipsak(port, "-U", "-u", "ada", "-a", "wrong", "-vv")
        assert status != 0, said
        status, said = sipsak(port, "-U", "-u", "ada", "-a", "secret", "-vv", user="bob")
        assert status != 0, said


REGISTER = """<?xml version="1.0" encoding="UTF-8" ?>
<scenario name="register">
  <send retrans="500"><![CDATA[
REGISTER sip:127.0.0.1 SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: <sip:[service]@127.0.0.1>;tag=[call_number]
To: <sip:[service]@127.0.0.1>
Call-ID: [call_id]
CSeq: 1 REGISTER
Contact: <sip:[service]@[local_ip]:%d>
Max-Forwards: 70
Expires: 60
Content-Length: 0

]]></send>
  <recv response="200"/>
</scenario>
"""


def freePorts(count: int) -> list[int]:
    """Return the numbers of ports of UDP that were free a moment ago."""
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket(type=socket.SOCK_DGRAM)) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]


@needs("sipp", "sip-tester")
def test_sipp_calls_sipp(tmp_path: Path) -> None:
    phone, caller, passing = freePorts(3)
    common = ["-nostdin", "-i", "127.0.0.1", "-timeout", "60s", "-timeout_error"]
    (tmp_path / "ada.xml").write_text(REGISTER % phone)
    (tmp_path / "bob.xml").write_text(REGISTER % caller)
    with registrar() as (_, port):
        proxy = f"127.0.0.1:{port}"
        for name in ("ada", "bob"):
            scenario = ["-sf", str(tmp_path / f"{name}.xml"), "-s", name, "-m", "1"]
            status, out, err = run(
                ["sipp", proxy, *scenario, "-p", str(passing), *common], tmp_path
            )
            assert status == 0, out + err
        # The builtin scenarios: invitation, ringing, acceptance, acknowledgement, end.
        answering = ["sipp", "-sn", "uas", "-p", str(phone), "-m", "20", *common]
        with running(answering, tmp_path) as answers:
            calling = ["-sn", "uac", "-s", "ada", "-p", str(caller), "-m", "20", "-r", "20"]
            status, out, err = run(["sipp", proxy, *calling, *common], tmp_path)
            assert status == 0, out + err
            assert answers.end() == 0, answers.out
