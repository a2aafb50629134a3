"""The file of `twist --config`: what it says, and what is said about it if it is wrong."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twisted.application.service import IService, IServiceMaker, MultiService, Service
from twisted.application.twist import TwistOptions, main
from twisted.application.twist._configuration import (
    MAXIMUM_SIZE,
    ConfigurationError,
    readConfiguration,
)
from twisted.logger import LogLevel
from twisted.plugin import IPlugin
from twisted.python.components import implementer
from twisted.python.usage import Options

from .fakereactor import FakeReactor


class EchoOptions(Options):
    """The options of the command of the tests."""

    optParameters = [["port", "p", 7, "The port.", int], ["endpoint", "e", "", "Where."]]
    optFlags = [["loud", "l", "Be loud."]]

    def __init__(self) -> None:
        super().__init__()
        self["with"] = []
        self["words"] = ()

    def opt_with(self, what: str) -> None:
        """Add something."""
        self["with"].append(what)

    def parseArgs(self, *words: str) -> None:
        self["words"] = words


@implementer(IPlugin, IServiceMaker)
class EchoMaker:
    """Makes services, and remembers their options."""

    tapname = "echo"
    description = "Run an echo service."
    options = EchoOptions

    def __init__(self) -> None:
        self.made: list[Options] = []
        self.services: list[Service] = []

    def makeService(self, options: Options) -> IService:
        self.made.append(options)
        self.services.append(Service())
        return self.services[-1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "twist.toml"


Twist = Callable[..., tuple[object, str]]


@pytest.fixture
def maker() -> EchoMaker:
    """The only plugin."""
    return EchoMaker()


@pytest.fixture
def twist(maker: EchoMaker, file: Path, capsys: pytest.CaptureFixture[str]) -> Twist:
    """Runs the command with a file of the text; returns its status and standard error."""

    def run(text: str, *arguments: str) -> tuple[object, str]:
        file.write_text(text)
        options = TwistOptions(lambda: {"echo": maker})
        with pytest.raises(SystemExit) as ended:
            main(
                [f"--config={file}", *arguments], options, FakeReactor(), begin=lambda options: None
            )
        return ended.value.code, capsys.readouterr().err

    return run


def test_services_are_made_with_their_options(twist: Twist, maker: EchoMaker) -> None:
    text = """
        [endpoints]
        web = "tcp:8080:interface=127.0.0.1"
        [[service]]
        plugin = "echo"
        name = "first"
        arguments = ["a", 1]
        [service.options]
        port = 1007
        loud = true
        with = ["x", "y"]
        endpoint = { endpoint = "web" }
        [[service]]
        plugin = "echo"
        options.loud = false
    """
    assert twist(text) == (0, "")
    first, second = maker.made
    assert (first["port"], first["loud"], first["with"]) == (1007, 1, ["x", "y"])
    assert (first["endpoint"], first["words"]) == ("tcp:8080:interface=127.0.0.1", ("a", "1"))
    assert (second["port"], second["loud"], second["with"]) == (7, 0, [])
    assert [service.name for service in maker.services] == ["first", None]
    assert maker.services[0].parent is maker.services[1].parent
    assert isinstance(maker.services[0].parent, MultiService)


def parsed(file: Path, text: str, *arguments: str) -> TwistOptions:
    """Return the options of a command line with a file."""
    file.write_text(text)
    options = TwistOptions(lambda: {"echo": EchoMaker()})
    options.parseOptions([*arguments[:1], f"--config={file}", *arguments[1:]])
    return options


def test_options_of_twist_stand_in_the_file(file: Path) -> None:
    text = '[twist]\nlog-level = "debug"\ndrain = 2.5\nworkers = 2\n[[service]]\nplugin = "echo"'
    options = parsed(file, text)
    assert options["log-level"] is LogLevel.debug
    assert (options["drain"], options["workers"]) == (2.5, 2)


def test_options_that_come_later_count_more(file: Path) -> None:
    text = '[twist]\ndrain = 2\n[[service]]\nplugin = "echo"'
    assert parsed(file, text, "--drain=3")["drain"] == 2
    assert parsed(file, text, "--workers=0", "--drain=3")["drain"] == 3


def test_file_without_services_needs_a_command(twist: Twist, maker: EchoMaker) -> None:
    assert twist("[twist]\ndrain = 2\n")[0] == 64
    assert twist("[twist]\ndrain = 2\n", "echo") == (0, "")
    assert len(maker.made) == 1


def test_file_and_command_line_do_not_both_say_what_to_run(twist: Twist) -> None:
    status, err = twist('[[service]]\nplugin = "echo"', "echo")
    assert status == 64
    assert "says what to run, and so does the command line" in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[twist\n", "(at line 1, column 7)"),
        ("a = 1\n", "a: unknown, only twist, endpoints, service are known"),
        ("twist = 1\n", "twist: it has to be a table"),
        ("[twist]\nloud = 1\n", "twist.loud: unknown, only reactor, log-file"),
        ('[twist]\nlog-level = "loud"\n', "twist.log-level: there is no log level 'loud'"),
        ("[twist]\ndrain = true\n", "twist.drain: it has to be a text, a number or"),
        ("[endpoints]\nweb = 80\n", "endpoints.web: it has to be a text"),
        ("service = 1\n", "service: each service begins with [[service]]"),
        ("service = [1]\n", "service[1]: it has to be a table"),
        ("[[service]]\n", "service[1]: it has no plugin"),
        ("[[service]]\nplugin = ''\n", "service[1].plugin: it has to be a text"),
        ('[[service]]\nplugin = "echo"\nport = 1\n', "service[1].port: unknown, only plugin"),
        (
            '[[service]]\nplugin = "chargen"\n',
            "service[1].plugin: there is no plugin 'chargen', only echo",
        ),
        (
            '[[service]]\nplugin = "echo"\noptions.quiet = 1\n',
            "service[1].options: option --quiet not recognized",
        ),
        ('[[service]]\nplugin = "echo"\noptions.port = "x"\n', "service[1].options: "),
        ('[[service]]\nplugin = "echo"\noptions.help = true\n', "service[1].options.help: this"),
        (
            '[[service]]\nplugin = "echo"\noptions.endpoint = { endpoint = "web" }\n',
            "service[1].options.endpoint: there is no 'web' among the endpoints",
        ),
        (
            '[[service]]\nplugin = "echo"\noptions.with = ["a", [1]]\n',
            "service[1].options.with[2]: it has to be a text",
        ),
        ('[[service]]\nplugin = "echo"\narguments = 1\n', "service[1].arguments: it has to be a"),
        (
            '[[service]]\nplugin = "echo"\nname = "a"\n[[service]]\nplugin = "echo"\nname = "a"\n',
            "service[2].name: there is another service named 'a' here",
        ),
        ("x = " + "[" * 10_000, ": "),
    ],
)
def test_error_is_one_line_that_names_the_file_and_the_place(
    twist: Twist, file: Path, text: str, said: str
) -> None:
    status, err = twist(text)
    assert status == 78
    assert err.startswith("twist: ")
    assert f"{file}: " in err
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("number", ["1" * 5000, "0x" + "f" * 17, "0x" + "f" * 5000, str(-(2**64))])
def test_number_that_is_too_large_is_one_line(number: str, twist: Twist, file: Path) -> None:
    status, err = twist(f"[twist]\nlog-level = {number}\n")
    assert status == 78
    assert str(file) in err
    assert err.count("\n") == 1


def test_file_that_is_not_there_is_one_line(twist: Twist, file: Path) -> None:
    status, err = twist("", "--config=/nowhere/twist.toml")
    assert (status, err) == (
        66,
        "twist: Cannot open /nowhere/twist.toml: No such file or directory. Check the name.\n",
    )


def test_file_that_is_not_utf8_names_the_line(file: Path) -> None:
    file.write_bytes(b"# one\n# two\n\xff\n")
    with pytest.raises(ConfigurationError, match="line 3 is not UTF-8"):
        readConfiguration(str(file))


def test_file_that_is_too_long_is_refused(file: Path) -> None:
    file.write_bytes(b"#" * (MAXIMUM_SIZE + 1))
    with pytest.raises(ConfigurationError, match="is longer than"):
        readConfiguration(str(file))


@pytest.mark.property
@given(
    content=st.binary(max_size=200)
    | st.text("[]{}=.'\"service plugin\n1", max_size=200).map(str.encode)
)
def test_no_file_crashes(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content)
    # Whatever it says, the one error that may come is the one that names the file.
    with suppress(ConfigurationError):
        readConfiguration(str(file))
