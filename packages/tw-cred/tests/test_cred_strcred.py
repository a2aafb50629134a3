"""Checkers that a command line names."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from twisted.cred import strcred
from twisted.cred.checkers import (
    AllowAnonymousAccess,
    FilePasswordDB,
    ICredentialsChecker,
    InMemoryUsernamePasswordDatabaseDontUse,
    UNIXChecker,
)
from twisted.cred.credentials import (
    IAnonymous,
    ICredentials,
    IUsernameHashedPassword,
    IUsernamePassword,
    UsernamePassword,
)
from twisted.cred.strcred import (
    AuthOptionMixin,
    ICheckerFactory,
    InvalidAuthArgumentString,
    InvalidAuthType,
    StrcredException,
    UnsupportedInterfaces,
    findCheckerFactories,
    findCheckerFactory,
    makeChecker,
)
from twisted.plugin import IPlugin
from twisted.python.components import implementer, provides, verifyObject
from twisted.python.usage import Options, UsageError

from .cred_helpers import resultOf


class Program(AuthOptionMixin, Options):
    """The options of a program that takes any credentials."""


class NamesOnly(AuthOptionMixin, Options):
    """The options of a program that takes names with passwords."""

    supportedInterfaces = (IUsernamePassword,)


@implementer(ICredentialsChecker)
class Odd:
    """A checker of credentials that no program here can use."""

    credentialInterfaces: tuple[Callable[..., ICredentials], ...] = (IUsernameHashedPassword,)

    def requestAvatarId(self, credentials: ICredentials) -> bytes:
        return b""


def parsed(*arguments: str, options: type[Options] = Program) -> Options:
    made = options()
    made.parseOptions(list(arguments))
    return made


def shown(*arguments: str, options: type[Options] = Program) -> str:
    made = options()
    output = io.StringIO()
    made.authOutput = output  # type: ignore[attr-defined]  # of the mixin
    with pytest.raises(SystemExit) as caught:
        made.parseOptions(list(arguments))
    assert caught.value.code == 0
    return output.getvalue()


def test_our_kinds_are_found_as_plugins() -> None:
    kinds = {factory.authType: factory for factory in findCheckerFactories()}
    assert {"file", "passwd", "memory", "unix", "anonymous"} <= set(kinds)
    for factory in kinds.values():
        assert verifyObject(ICheckerFactory, factory)
        assert provides(IPlugin, factory)


def test_unknown_kind_is_an_error() -> None:
    with pytest.raises(InvalidAuthType):
        findCheckerFactory("nonsense")
    with pytest.raises(StrcredException):
        makeChecker("nonsense:1")


@pytest.mark.parametrize("kind", ["file", "passwd"])
def test_file_may_have_colons_in_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a:b"
    path.write_text("alice:sesame\n")
    checker = makeChecker(f"{kind}:{path}")
    assert isinstance(checker, FilePasswordDB)
    assert checker.getUser(b"alice") == (b"alice", b"sesame")


@pytest.mark.parametrize("argument", ["", "/no/such/file"])
def test_file_has_to_be_there(argument: str) -> None:
    with pytest.raises(InvalidAuthArgumentString):
        makeChecker(f"file:{argument}")


def test_memory_takes_pairs() -> None:
    checker = makeChecker("memory:alice:sesame:bob:secret")
    assert isinstance(checker, InMemoryUsernamePasswordDatabaseDontUse)
    assert resultOf(checker.requestAvatarId(UsernamePassword(b"bob", b"secret"))) == b"bob"


def test_memory_takes_what_is_no_text_as_the_bytes_that_it_is() -> None:
    description = b"memory:al\xffce:s\xfesame".decode("utf-8", "surrogateescape")
    checker = makeChecker(description)
    assert isinstance(checker, InMemoryUsernamePasswordDatabaseDontUse)
    credentials = UsernamePassword(b"al\xffce", b"s\xfesame")
    assert resultOf(checker.requestAvatarId(credentials)) == b"al\xffce"


@pytest.mark.parametrize("argument", ["", "alice", "alice:sesame:bob", ":sesame"])
def test_memory_refuses_half_a_pair(argument: str) -> None:
    with pytest.raises(InvalidAuthArgumentString):
        makeChecker(f"memory:{argument}")


def test_kinds_without_arguments() -> None:
    assert isinstance(makeChecker("unix"), UNIXChecker)
    assert isinstance(makeChecker("anonymous"), AllowAnonymousAccess)
    with pytest.raises(InvalidAuthArgumentString):
        makeChecker("anonymous:1")


def test_options_collect_the_checkers() -> None:
    options = parsed("--auth", "memory:alice:sesame", "--auth=anonymous")
    first, second = options["credCheckers"]
    assert isinstance(first, InMemoryUsernamePasswordDatabaseDontUse)
    assert isinstance(second, AllowAnonymousAccess)
    assert options["credInterfaces"] == {
        IUsernamePassword: [first],
        IUsernameHashedPassword: [first],
        IAnonymous: [second],
    }


def test_nothing_is_collected_without_the_option() -> None:
    assert "credCheckers" not in parsed()


def test_program_may_take_some_credentials_only() -> None:
    options = parsed("--auth=memory:alice:sesame", options=NamesOnly)
    assert options["credInterfaces"] == {IUsernamePassword: options["credCheckers"]}
    with pytest.raises(UsageError, match="anonymous"):
        parsed("--auth=anonymous", options=NamesOnly)


def test_checker_that_is_no_use_is_refused() -> None:
    with pytest.raises(UnsupportedInterfaces):
        NamesOnly().addChecker(Odd())


@pytest.mark.parametrize(
    ("argument", "what"),
    [
        ("--auth=nonsense", "nonsense"),
        ("--auth=memory:alice", "in turn"),
        ("--auth=file:/no/such/file", "/no/such/file"),
        ("--help-auth-type=nonsense", "nonsense"),
    ],
)
def test_bad_description_is_a_usage_error(argument: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        parsed(argument)


def test_help_lists_the_kinds() -> None:
    text = shown("--help-auth")
    assert "memory:USER:PASSWORD:..." in text
    assert "anonymous" in text
    assert "anonymous" not in shown("--help-auth", options=NamesOnly)


def test_help_of_a_kind_tells_what_it_does() -> None:
    assert "shadow" in shown("--help-auth-type", "unix")
    assert strcred.notSupportedWarning.format(authType="anonymous") in shown(
        "--help-auth-type=anonymous", options=NamesOnly
    )


def test_plugin_of_a_program_is_called_for_each_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins = tmp_path / "twisted" / "plugins"
    plugins.mkdir(parents=True)
    (plugins / "special_checker.py").write_text(
        "from twisted.cred.checkers import AllowAnonymousAccess\n"
        "from twisted.cred.credentials import IAnonymous\n"
        "from twisted.cred.strcred import ICheckerFactory\n"
        "from twisted.plugin import IPlugin\n"
        "from zope.interface import implementer\n"
        "@implementer(ICheckerFactory, IPlugin)\n"
        "class SpecialFactory:\n"
        "    authType = 'special'\n"
        "    argStringFormat = 'KEY=VALUE:...'\n"
        "    authHelp = 'Takes keys\\n  and values.'\n"
        "    credentialInterfaces = (IAnonymous,)\n"
        "    def generateChecker(self, argstring=''):\n"
        "        checker = AllowAnonymousAccess()\n"
        "        checker.given = dict(pair.split('=') for pair in argstring.split(':'))\n"
        "        return checker\n"
        "special = SpecialFactory()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import twisted.plugins

    monkeypatch.setattr(twisted.plugins, "__path__", [*twisted.plugins.__path__, str(plugins)])
    options = parsed("--auth=special:a=1:b=2", "--auth=special:c=3")
    assert [checker.given for checker in options["credCheckers"]] == [
        {"a": "1", "b": "2"},
        {"c": "3"},
    ]
    assert "special:KEY=VALUE:..." in shown("--help-auth")
    assert "  Takes keys\n  and values.\n" in shown("--help-auth-type=special")
