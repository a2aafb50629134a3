"""The public names: where they say they come from."""

import pickle

import pytest

from twisted.internet import defer

NAMED = [name for name in defer.__all__ if hasattr(getattr(defer, name), "__module__")]


@pytest.mark.parametrize("name", NAMED)
def test_a_public_thing_names_the_module_that_users_import(name: str) -> None:
    assert getattr(defer, name).__module__ == "twisted.internet.defer"


@pytest.mark.parametrize("name", NAMED)
def test_a_public_thing_is_pickled_by_its_public_name(name: str) -> None:
    thing = getattr(defer, name)
    pickled = pickle.dumps(thing)
    assert b"twisted.internet.defer._" not in pickled
    assert pickle.loads(pickled) is thing
