"""What is deprecated works, and warns at the place of its use."""

import sys
import warnings
from types import ModuleType

import pytest

import twisted
from twisted.python.deprecate import (
    deprecated,
    deprecatedKeywordParameter,
    deprecatedModuleAttribute,
    deprecatedProperty,
    getDeprecationWarningString,
    getWarningMethod,
    setWarningMethod,
    warnAboutFunction,
)
from twisted.python.versions import IncomparableVersions, Version, getVersionString

SINCE = Version("Thing", 1, 2, 3)


def plain() -> str:
    """Return something."""
    return "something"


@deprecated(SINCE, plain)
def old(value: int, *, other: int = 0) -> int:
    """Return a sum."""
    return value + other


@deprecated(SINCE)
def undocumented() -> None:
    pass


class Thing:
    def __init__(self) -> None:
        self._value = 1

    @deprecated(SINCE, "Thing.new")
    def method(self) -> str:
        return "called"

    @deprecatedProperty(SINCE, "value")
    def oldValue(self) -> int:
        """The value."""
        return self._value

    @oldValue.setter  # type: ignore[no-redef]  # mypy knows `property` itself only
    def oldValue(self, value: int) -> None:
        self._value = value

    @oldValue.deleter  # type: ignore[no-redef]  # as above
    def oldValue(self) -> None:
        del self._value


class TestDeprecated:
    def test_a_call_warns_and_says_what_to_use(self) -> None:
        message = (
            rf"{__name__}.old was deprecated in Thing 1.2.3; please use {__name__}.plain instead"
        )
        with pytest.warns(DeprecationWarning, match=message):
            assert old(1, other=2) == 3

    def test_the_warning_names_the_place_of_the_call(self) -> None:
        with pytest.warns(DeprecationWarning, match="old was deprecated") as caught:
            old(1)
        assert caught[0].filename == __file__

    def test_a_method_is_named_with_its_class(self) -> None:
        with pytest.warns(DeprecationWarning, match=r"Thing\.method was .* use Thing\.new instead"):
            assert Thing().method() == "called"

    def test_the_documentation_says_so(self) -> None:
        assert old.__doc__ == (
            f"Return a sum.\n\nDeprecated in Thing 1.2.3; please use {__name__}.plain instead."
        )
        assert undocumented.__doc__ == "Deprecated in Thing 1.2.3."

    def test_name_and_version_can_be_read(self) -> None:
        assert old.__name__ == "old"
        assert getattr(old, "deprecatedVersion") == SINCE  # noqa: B009 - types do not know it


class TestDeprecatedProperty:
    def test_reading_warns(self) -> None:
        with pytest.warns(DeprecationWarning, match=r"Thing\.oldValue was .* use value instead"):
            assert Thing().oldValue == 1

    def test_setting_warns(self) -> None:
        thing = Thing()
        with pytest.warns(DeprecationWarning, match="oldValue") as caught:
            thing.oldValue = 2  # type: ignore[method-assign]  # as above
        assert thing._value == 2
        assert caught[0].filename == __file__

    def test_deleting_warns(self) -> None:
        thing = Thing()
        with pytest.warns(DeprecationWarning, match="oldValue"):
            del thing.oldValue
        assert not hasattr(thing, "_value")

    def test_the_class_can_be_looked_at_without_a_warning(self) -> None:
        assert Thing.oldValue.__doc__ == (
            "The value.\n\nDeprecated in Thing 1.2.3; please use value instead."
        )


@deprecatedKeywordParameter(SINCE, "foo", "bar")
def parameters(bar: int = 0, foo: int = 0) -> int:
    return bar + foo


class TestDeprecatedKeywordParameter:
    def test_the_keyword_warns(self) -> None:
        with pytest.warns(
            DeprecationWarning,
            match="The 'foo' parameter to .*parameters was deprecated in Thing 1.2.3; "
            "please use the 'bar' parameter instead",
        ):
            assert parameters(foo=1) == 1

    def test_the_position_warns(self) -> None:
        with pytest.warns(DeprecationWarning, match="'foo'"):
            assert parameters(1, 2) == 3

    def test_other_parameters_do_not_warn(self) -> None:
        assert parameters(1) == parameters(bar=1) == 1

    def test_a_keyword_only_parameter_warns(self) -> None:
        @deprecatedKeywordParameter(SINCE, "foo")
        def function(*, foo: int = 0) -> int:
            return foo

        with pytest.warns(DeprecationWarning, match=r"in Thing 1\.2\.3$"):
            function(foo=1)


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    made = ModuleType("deprecating")
    exec("old = 1\nolder = 2\nnew = 3\ndef read():\n    return old\n", made.__dict__)
    monkeypatch.setitem(sys.modules, "deprecating", made)
    return made


class TestDeprecatedModuleAttribute:
    def test_reading_warns(self, module: ModuleType) -> None:
        deprecatedModuleAttribute(SINCE, "use new", "deprecating", "old")
        with pytest.warns(
            DeprecationWarning, match=r"deprecating\.old was deprecated in Thing 1\.2\.3: use new"
        ) as caught:
            assert module.old == 1
        assert caught[0].filename == __file__

    def test_importing_warns(self, module: ModuleType) -> None:
        deprecatedModuleAttribute(SINCE, "use new", "deprecating", "old")
        with pytest.warns(DeprecationWarning, match="use new"):
            exec("from deprecating import old")

    def test_several_attributes_of_a_module(self, module: ModuleType) -> None:
        deprecatedModuleAttribute(SINCE, "use new", "deprecating", "old")
        deprecatedModuleAttribute(SINCE, "use newer", "deprecating", "older")
        with pytest.warns(DeprecationWarning, match="use newer"):
            assert module.older == 2

    def test_other_attributes_do_not_warn(self, module: ModuleType) -> None:
        deprecatedModuleAttribute(SINCE, "use new", "deprecating", "old")
        assert module.new == 3

    def test_the_module_itself_does_not_warn(self, module: ModuleType) -> None:
        deprecatedModuleAttribute(SINCE, "use new", "deprecating", "old")
        assert module.read() == 1


class TestTexts:
    def test_the_text_names_thing_and_version(self) -> None:
        assert (
            getDeprecationWarningString(plain, SINCE)
            == f"{__name__}.plain was deprecated in Thing 1.2.3"
        )

    def test_the_text_can_be_ones_own(self) -> None:
        text = getDeprecationWarningString(plain, SINCE, "%(version)s dropped %(fqpn)s", "it")
        assert text == f"Thing 1.2.3 dropped {__name__}.plain; please use it instead"


def test_the_warnings_can_be_collected() -> None:
    collected: list[tuple[object, ...]] = []

    def collect(message: str, category: type[Warning], stacklevel: int) -> None:
        collected.append((message, category))

    original = getWarningMethod()
    setWarningMethod(collect)
    try:
        old(1)
        assert getWarningMethod() is collect
    finally:
        setWarningMethod(original)
    assert len(collected) == 1
    assert collected[0][1] is DeprecationWarning
    assert original is warnings.warn


def test_a_function_is_warned_about_at_its_last_line() -> None:
    with pytest.warns(DeprecationWarning, match="it returned a string") as caught:
        warnAboutFunction(plain, "it returned a string")  # type: ignore[arg-type]  # a function
    assert caught[0].filename == __file__
    assert caught[0].lineno == plain.__code__.co_firstlineno + 2


class TestVersions:
    def test_the_package_is_newer_than_what_existing_code_asks_for(self) -> None:
        assert twisted.version >= Version("twisted", 20, 3, 0)
        assert twisted.version >= Version("Twisted", 26, 10, 0)

    def test_the_number_and_the_version_agree(self) -> None:
        assert twisted.version.public() == twisted.__version__

    def test_versions_of_other_packages_do_not_compare(self) -> None:
        with pytest.raises(IncomparableVersions):
            assert twisted.version >= Version("zope", 1, 0, 0)

    def test_a_version_has_a_text(self) -> None:
        assert getVersionString(SINCE) == "Thing 1.2.3"
