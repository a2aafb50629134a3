"""Adapters: what knows users becomes what a server needs. Importing this registers them."""

from twisted.python.components import registerAdapter

from fingertips.interfaces import IFingerFactory, ISetterFactory, IUsers, IUsersSetter
from fingertips.protocols import FingerFactory, SetterFactory


def fingerFactory(users: IUsers) -> FingerFactory:
    """Return a factory that asks what knows users."""
    return FingerFactory(users.getUser)


def setterFactory(users: IUsersSetter) -> SetterFactory:
    """Return a factory that tells what can be told of users."""
    return SetterFactory(users.setUser)


registerAdapter(fingerFactory, IUsers, IFingerFactory)
registerAdapter(setterFactory, IUsersSetter, ISetterFactory)
