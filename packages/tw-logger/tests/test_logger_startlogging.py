"""`startLogging`, which a process does once: each of these tests has one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d{4} ", re.MULTILINE)


def run(program: str, *arguments: str) -> tuple[str, str]:
    """Run a program; return its output without times, and what it wrote to standard error."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\nfrom twisted.python import log\n" + program,
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return LINE.sub("", done.stdout), done.stderr


def test_log_says_that_it_was_opened() -> None:
    assert run("log.startLogging(sys.stdout)\nlog.msg('hello')") == (
        "[-] Log opened.\n[-] hello\n",
        "",
    )


def test_what_was_logged_before_is_logged_too() -> None:
    out, _ = run("log.msg('early')\nlog.startLogging(sys.stdout)")
    assert out == "[-] early\n[-] Log opened.\n"


def test_before_it_errors_go_to_standard_error_and_nothing_else() -> None:
    out, err = run("log.msg('early')\nlog.err(ValueError('broken'), 'why')")
    assert out == ""
    assert err.startswith("why\n")
    assert "ValueError: broken" in err
    assert "early" not in err


def test_what_is_printed_is_logged() -> None:
    program = (
        "events = []\n"
        "log.startLogging(sys.stdout)\n"
        "log.addObserver(events.append)\n"
        "print('out')\n"
        "sys.stderr.write('err\\n')\n"
        "assert [(e['printed'], e['isError']) for e in events] == [(1, 0), (1, 1)], events\n"
    )
    assert run(program) == ("[-] Log opened.\n[-] out\n[-] err\n", "")


@pytest.mark.parametrize("argument", ["setStdout=0", "False"])
def test_standard_streams_can_be_left_alone(argument: str) -> None:
    out, err = run(
        f"log.startLogging(sys.stdout, {argument})\nprint('out')\nprint('err', file=sys.stderr)"
    )
    assert (out, err) == ("[-] Log opened.\nout\n", "err\n")


def test_events_of_twisted_logger_are_logged() -> None:
    program = (
        "from twisted.logger import Logger\n"
        "log.startLogging(sys.stdout)\n"
        "Logger('n').info('a {b}', b=1)\n"
    )
    assert run(program)[0] == "[-] Log opened.\n[-] a 1\n"


def test_warnings_are_logged() -> None:
    out, _ = run("import warnings\nlog.startLogging(sys.stdout)\nwarnings.warn('careful')")
    assert out.endswith(": builtins.UserWarning: careful\n")


def test_log_goes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "foo.log"
    program = "log.startLogging(open(sys.argv[1], 'w'))\nlog.msg('hello')\nsys.stdout.flush()"
    assert run(program, str(path)) == ("", "")
    assert LINE.sub("", path.read_text()) == "[-] Log opened.\n[-] hello\n"


def test_observer_is_returned() -> None:
    run("assert type(log.startLogging(sys.stdout)) is log.FileLogObserver")


def test_log_that_logs_is_refused() -> None:
    run("assert log.startLogging(log.logfile) is None\nassert log.theLogPublisher.observers == []")


def test_any_observer_can_be_the_first() -> None:
    program = (
        "events = []\n"
        "log.startLoggingWithObserver(events.append, setStdout=False)\n"
        "assert [log.textFromEventDict(e) for e in events] == ['Log opened.']\n"
        "assert log.theLogPublisher.observers == [events.append]\n"
    )
    run(program)


def test_second_start_is_told_with_both_places(tmp_path: Path) -> None:
    path = tmp_path / "program.py"
    path.write_text(
        "import sys\nfrom twisted.python import log\nlog.startLogging(sys.stdout)\n"
        "def again():\n    log.startLogging(sys.__stdout__)\nagain()\n"
    )
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=True)
    assert f"{path}:5" in done.stdout
    assert f"{path}:3" in done.stdout


def test_publisher_of_its_own_begins_by_itself() -> None:
    program = (
        "publisher = log.LogPublisher()\n"
        "publisher.msg('early')\n"
        "events = []\n"
        "publisher._startLogging(events.append, False)\n"
        "publisher.msg('x')\n"
        "assert [e['message'] for e in events] == [('x',)]\n"
    )
    run(program)
