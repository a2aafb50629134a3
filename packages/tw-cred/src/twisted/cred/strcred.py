"""Checkers that are chosen on a command line: `--auth file:/etc/httpd.password`.

A description is the name of a kind of checker, and after a colon what that kind needs to know. The
kinds are plugins: objects that provide `ICheckerFactory` and `IPlugin`. `AuthOptionMixin` gives the
options to a program.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TextIO, cast

from twisted.cred.checkers import ICredentialsChecker
from twisted.cred.credentials import ICredentials
from twisted.plugin import getPlugins
from twisted.python.components import Interface
from twisted.python.usage import UsageError

notSupportedWarning: str = (
    "The kind of checker {authType} offers no credentials that this program can use."
)
"""What is said about a kind of checker that is no use to a program."""


class ICheckerFactory(Interface):
    """Makes checkers of one kind from a text; a plugin that provides it can be chosen by its name."""

    @property
    def authType(self) -> str:
        """The short name by which it is chosen."""
        ...

    @property
    def authHelp(self) -> str:
        """What it does and what it needs to know; any number of lines."""
        ...

    @property
    def argStringFormat(self) -> str:
        """What the text after the colon looks like, in a line; empty if there is none."""
        ...

    @property
    def credentialInterfaces(self) -> Iterable[Callable[..., ICredentials]]:
        """The interfaces of the credentials that its checkers can check."""
        ...

    def generateChecker(self, argstring: str) -> ICredentialsChecker:
        """Return a checker.

        Args:
            argstring: The text after the colon; empty if there was none.

        Raises:
            InvalidAuthArgumentString: The text is not as it should be.
        """
        ...


class StrcredException(Exception):
    """A description of a checker is no good."""


class InvalidAuthType(StrcredException):
    """No kind of checker has the name that was given."""


class InvalidAuthArgumentString(StrcredException):
    """A kind of checker cannot do anything with the text after the colon."""


class UnsupportedInterfaces(StrcredException):
    """A checker offers no credentials that the program can use."""


def findCheckerFactories() -> Iterator[ICheckerFactory]:
    """Return the kinds of checker that can be chosen."""
    return getPlugins(ICheckerFactory)


def findCheckerFactory(authType: str) -> ICheckerFactory:
    """Return the kind of checker with a name.

    Raises:
        InvalidAuthType: No kind has this name.
    """
    for factory in findCheckerFactories():
        if factory.authType == authType:
            return factory
    raise InvalidAuthType(authType)


def makeChecker(description: str) -> ICredentialsChecker:
    """Return the checker of a description.

    Args:
        description: The name of a kind; and after a colon what it needs to know.

    Raises:
        InvalidAuthType: No kind has this name.
        InvalidAuthArgumentString: What it needs to know is not as it should be.
    """
    authType, _, argstring = description.partition(":")
    return findCheckerFactory(authType).generateChecker(argstring)


class AuthOptionMixin:
    """The options `--auth`, `--help-auth` and `--help-auth-type`; put it before `usage.Options`.

    After the command line was parsed, `options["credCheckers"]` has the checkers in its order, and
    `options["credInterfaces"]` the checkers for each interface of credentials; without `--auth`,
    neither is there.

    Attributes:
        supportedInterfaces: The interfaces of credentials that the program can use; None for all.
        authOutput: What the help is written to.
    """

    supportedInterfaces: Iterable[Callable[..., ICredentials]] | None = None
    authOutput: TextIO = sys.stdout

    def supportsInterface(self, interface: Callable[..., ICredentials]) -> bool:
        """Return whether the program can use credentials that provide an interface."""
        return self.supportedInterfaces is None or interface in self.supportedInterfaces

    def supportsCheckerFactory(self, factory: ICheckerFactory) -> bool:
        """Return whether a kind of checker is of use to the program."""
        return any(self.supportsInterface(interface) for interface in factory.credentialInterfaces)

    def addChecker(self, checker: ICredentialsChecker) -> None:
        """Add a checker to those that the program is to use.

        Raises:
            UnsupportedInterfaces: It offers no credentials that the program can use.
        """
        supported = [
            interface
            for interface in checker.credentialInterfaces
            if self.supportsInterface(interface)
        ]
        if not supported:
            raise UnsupportedInterfaces(checker.credentialInterfaces)
        options = cast("dict[str, object]", self)
        byInterface = cast(
            "dict[Callable[..., ICredentials], list[ICredentialsChecker]]",
            options.setdefault("credInterfaces", {}),
        )
        checkers = cast("list[ICredentialsChecker]", options.setdefault("credCheckers", []))
        for interface in supported:
            byInterface.setdefault(interface, []).append(checker)
        checkers.append(checker)

    def opt_auth(self, description: str) -> None:
        """Let users log in by a kind of checker, `TYPE` or `TYPE:ARGUMENTS` (see --help-auth)."""
        try:
            self.addChecker(makeChecker(description))
        except UnsupportedInterfaces:
            authType = description.partition(":")[0]
            raise UsageError(notSupportedWarning.format(authType=authType))
        except InvalidAuthType as error:
            raise UsageError(
                f"there is no kind of checker called {error}: --help-auth lists those there are"
            )
        except (InvalidAuthArgumentString, OSError) as error:
            raise UsageError(f"--auth={description}: {error}")

    def opt_help_auth(self) -> None:
        """Display the kinds of checker that --auth takes, and exit."""
        factories = [one for one in self._factories() if self.supportsCheckerFactory(one)]
        shown = [(_usageOf(factory), factory) for factory in factories]
        width = max((len(usage) for usage, _ in shown), default=0)
        self.authOutput.write("Usage: --auth=TYPE[:ARGUMENTS]\n")
        for usage, factory in shown:
            credentials = ", ".join(
                str(getattr(interface, "__name__", interface))
                for interface in factory.credentialInterfaces
                if self.supportsInterface(interface)
            )
            self.authOutput.write(f"    {usage:<{width}}  {credentials}\n")
        self.authOutput.write("For more about a type, use --help-auth-type=TYPE\n")
        sys.exit(0)

    def opt_help_auth_type(self, authType: str) -> None:
        """Display what a kind of checker does and needs to know, and exit."""
        try:
            factory = findCheckerFactory(authType)
        except InvalidAuthType:
            raise UsageError(
                f"there is no kind of checker called {authType}: --help-auth lists those there are"
            )
        self.authOutput.write(f"Usage: --auth={_usageOf(factory)}\n")
        for line in factory.authHelp.strip().splitlines():
            self.authOutput.write(f"  {line.strip()}".rstrip() + "\n")
        if not self.supportsCheckerFactory(factory):
            self.authOutput.write(f"  {notSupportedWarning.format(authType=authType)}\n")
        sys.exit(0)

    def _factories(self) -> list[ICheckerFactory]:
        return sorted(findCheckerFactories(), key=lambda factory: factory.authType)


def _usageOf(factory: ICheckerFactory) -> str:
    wanted = factory.argStringFormat
    return f"{factory.authType}:{wanted}" if wanted else factory.authType


__all__ = [
    "AuthOptionMixin",
    "ICheckerFactory",
    "InvalidAuthArgumentString",
    "InvalidAuthType",
    "StrcredException",
    "UnsupportedInterfaces",
    "findCheckerFactories",
    "findCheckerFactory",
    "makeChecker",
    "notSupportedWarning",
]
