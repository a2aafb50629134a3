"""The options of twistd."""

import signal
from collections.abc import Mapping

import pytest

from twisted import __version__
from twisted.application._daemon._options import ServerOptions
from twisted.application.service import IService, IServiceMaker, Service
from twisted.plugin import IPlugin
from twisted.python.components import implementer
from twisted.python.usage import Options, UsageError


class EchoOptions(Options):
    """The options of the command of the tests."""

    optParameters = [["port", "p", "1", "A port."]]


@implementer(IPlugin, IServiceMaker)
class Maker:
    """Makes a service."""

    tapname = "echo"
    description = "Send back what comes."
    options = EchoOptions

    def makeService(self, options: Options) -> IService:
        """Make it."""
        return Service()


def makers() -> Mapping[str, IServiceMaker]:
    return {"echo": Maker()}


@pytest.fixture
def options() -> ServerOptions:
    """The options, with one plugin."""
    return ServerOptions(makers)


def parsed(options: ServerOptions, *words: str) -> ServerOptions:
    options.parseOptions(words)
    return options


def test_defaults_are_those_of_a_daemon(options: ServerOptions) -> None:
    parsed(options, "-y", "my.tac")
    assert options["python"] == "my.tac"
    assert not options["nodaemon"]
    assert options["pidfile"] == "twistd.pid"
    assert (options["logfile"], options["rundir"], options["umask"]) == (None, ".", None)
    assert (options["uid"], options["gid"], options["chroot"]) == (None, None, None)


@pytest.mark.parametrize("word", ["-n", "--nodaemon", "--no-daemon", "-b", "--debug"])
def test_process_stays_in_the_foreground(options: ServerOptions, word: str) -> None:
    assert parsed(options, word)["nodaemon"]


def test_short_options_combine(options: ServerOptions) -> None:
    parsed(options, "-noy", "my.tac")
    assert (options["nodaemon"], options["no_save"], options["python"]) == (1, 1, "my.tac")


@pytest.mark.parametrize("words", [["-y", "x.tac"], ["echo"]])
def test_programs_and_plugins_are_not_saved(options: ServerOptions, words: list[str]) -> None:
    assert parsed(options, *words)["no_save"]


def test_pickles_are_saved_unless_told_otherwise(options: ServerOptions) -> None:
    assert not parsed(options, "-f", "x.tap")["no_save"]
    assert parsed(ServerOptions(makers), "-o", "-f", "x.tap")["no_save"]


def test_empty_name_means_no_pid_file(options: ServerOptions) -> None:
    assert parsed(options, "--pidfile=")["pidfile"] is None


def test_operation_is_that_of_one_process_which_no_signal_restarts(options: ServerOptions) -> None:
    parsed(options, "-y", "my.tac")
    assert (options["drain"], options["restart-on"]) == (0, None)
    assert (options["inspect"], options["workers"]) == ("", 0)


def test_operation_is_chosen_as_with_twist(options: ServerOptions) -> None:
    words = ["--drain=1.5", "--restart-on=usr1", "--inspect=x", "--workers=3", "echo"]
    parsed(options, *words)
    assert (options["drain"], options["restart-on"]) == (1.5, signal.SIGUSR1)
    assert (options["inspect"], options["workers"]) == ("x", 3)


@pytest.mark.parametrize("text", ["022", "0o022", "22"])
def test_mask_is_octal(options: ServerOptions, text: str) -> None:
    assert parsed(options, f"--umask={text}")["umask"] == 0o022


def test_user_and_group_have_a_name_or_a_number(options: ServerOptions) -> None:
    parsed(options, "--uid", "root", "--gid", "12")
    assert (options["uid"], options["gid"]) == (0, 12)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--umask=9"], "octal"),
        (["--umask=1777"], "octal"),
        (["--umask="], "octal"),
        (["--uid=no such user"], "no user of that name"),
        (["--gid=no such group"], "no group of that name"),
        (["--profiler=hotshot"], "profile, cprofile"),
        (["--encrypted"], "not supported"),
        (["--syslog", "-l", "x"], "leave out one"),
        (["--drain=x"], "number of seconds"),
        (["--restart-on=KILL"], "HUP, USR1, USR2"),
        (["--inspect="], "path of a socket"),
        (["--workers=x"], "0 to 1024 or 'auto'"),
        (["--chroot=.", "--workers=2", "-o"], "inside of --chroot"),
        (["--chroot=.", "--restart-on=HUP"], "inside of --chroot"),
        (["--debug", "--restart-on=USR2"], "SIGUSR2 for itself"),
        (["--debug", "--workers=2", "echo"], "leave out --workers"),
        (["--profile=x", "--workers=2", "echo"], "leave out --workers"),
        (["--workers=2", "-f", "x.tap"], "--no_save"),
        (["-l", "-"], "--nodaemon"),
        (["nonsense"], "nonsense"),
        (["--nonsense"], "nonsense"),
        (["echo", "--nonsense"], "nonsense"),
    ],
)
def test_wrong_options_are_refused(options: ServerOptions, words: list[str], text: str) -> None:
    with pytest.raises(UsageError, match=text):
        options.parseOptions(words)


def test_command_has_its_own_options(options: ServerOptions) -> None:
    parsed(options, "-n", "echo", "-p", "7")
    assert options.subCommand == "echo"
    assert options.subOptions["port"] == "7"


def test_help_lists_options_and_commands(options: ServerOptions) -> None:
    text = str(options)
    assert text.startswith("Usage: twistd [options]")
    assert "--nodaemon" in text
    assert "Send back what comes." in text


def test_version_is_printed(options: ServerOptions, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        options.parseOptions(["--version"])
    assert raised.value.code == 0
    assert capsys.readouterr().out == f"twistd {__version__}\n"


def test_command_line_without_a_word_shows_the_help(
    options: ServerOptions,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["twistd"])
    with pytest.raises(SystemExit):
        options.parseOptions()
    assert "--nodaemon" in capsys.readouterr().out


def test_shell_is_told_the_commands(
    options: ServerOptions, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        options.parseOptions(["", "--_shell-completion", "zsh:2"])
    assert "echo\\:Send" in capsys.readouterr().out
