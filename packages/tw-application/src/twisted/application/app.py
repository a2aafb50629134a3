"""What commands that run a service have in common.

`ReactorSelectionMixin` gives a command the options `--reactor` and `--help-reactors`; it lives in
tw-reactor and is named here too.
"""

from twisted.internet._reactorchoice import (
    NoSuchReactor,
    ReactorSelectionMixin,
    getReactorTypes,
    installReactor,
)

__all__ = ["NoSuchReactor", "ReactorSelectionMixin", "getReactorTypes", "installReactor"]
