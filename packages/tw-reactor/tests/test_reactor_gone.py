"""Reactors that are gone, and those that can be chosen by name."""

import importlib
import sys

import pytest

from twisted.internet._reactorchoice import getReactorTypes


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("gtk2reactor", "use gtk3reactor"),
        ("glib2reactor", "use gireactor"),
        ("win32eventreactor", "use selectreactor"),
        ("iocpreactor", "use selectreactor"),
        ("iocpreactor.reactor", "use selectreactor"),
        ("iocpreactor.tcp", "use selectreactor"),
        ("cfreactor", "use kqreactor"),
        ("pyuisupport", "use tksupport"),
    ],
)
def test_importing_it_says_what_to_use_instead(name: str, instead: str) -> None:
    with pytest.raises(ImportError, match=instead):
        importlib.import_module(f"twisted.internet.{name}")
    assert f"twisted.internet.{name}" not in sys.modules


def test_ours_have_names() -> None:
    names = {installer.shortName for installer in getReactorTypes()}
    assert {"kqueue", "gi", "gtk3", "wx", "threadedselect"} <= names
