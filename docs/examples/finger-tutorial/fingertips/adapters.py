"""Adapters: what knows users becomes what a server needs. Importing this registers them."""

from twisted.python.components import registerAdapter

from fingertips.interfaces import (
    IFingerFactory,
    IFingerRoot,
    ISetterFactory,
    IUserList,
    IUsers,
    IUsersSetter,
)
from fingertips.objects import FingerRoot
from fingertips.protocols import FingerFactory, SetterFactory


def fingerFactory(users: IUsers) -> FingerFactory:
    """Return a factory that asks what knows users."""
    return FingerFactory(users.getUser)


def setterFactory(users: IUsersSetter) -> SetterFactory:
    """Return a factory that tells what can be told of users."""
    return SetterFactory(users.setUser)


def fingerRoot(users: IUserList) -> FingerRoot:
    """Return an object that programs can call to ask what knows users."""
    return FingerRoot(users)


registerAdapter(fingerFactory, IUsers, IFingerFactory)
registerAdapter(setterFactory, IUsersSetter, ISetterFactory)
registerAdapter(fingerRoot, IUserList, IFingerRoot)
