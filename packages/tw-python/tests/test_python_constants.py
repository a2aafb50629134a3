"""Named constants, with values, and as bits."""

import copy
import pickle

import pytest

from twisted.python.constants import (
    FlagConstant,
    Flags,
    NamedConstant,
    Names,
    ValueConstant,
    Values,
)


class Method(Names):
    GET = NamedConstant()
    PUT = NamedConstant()
    DELETE = NamedConstant()

    @classmethod
    def isIdempotent(cls, method: NamedConstant) -> bool:
        return method is not cls.PUT


class Other(Names):
    GET = NamedConstant()


class Status(Values):
    OK = ValueConstant("200")
    FOUND = ValueConstant("302")
    FINE = ValueConstant("200")
    EARLY = ValueConstant("100")


class Permission(Flags):
    OTHER = FlagConstant()
    USER_WRITE = FlagConstant()
    USER_READ = FlagConstant()
    FAR = FlagConstant(0x100)


class Aliased(Flags):
    ONE = FlagConstant(1)
    FIRST = FlagConstant(1)


@pytest.mark.parametrize(
    "constant",
    [Method.PUT, Status.FINE, Permission.OTHER],
    ids=["name", "value", "flag"],
)
def test_a_constant_comes_out_of_a_pickle_as_itself(constant: object) -> None:
    assert pickle.loads(pickle.dumps(constant)) is constant
    assert copy.deepcopy(constant) is constant


def test_a_combination_comes_out_of_a_pickle_as_an_equal_one() -> None:
    both = Permission.USER_WRITE | Permission.USER_READ
    copied = pickle.loads(pickle.dumps(both))
    assert copied == both
    assert copied.value == both.value


class TestNames:
    def test_a_constant_is_one_object_with_a_name(self) -> None:
        assert Method.GET is Method.GET
        assert (Method.GET.name, repr(Method.GET)) == ("GET", "<Method=GET>")

    def test_a_constant_is_looked_up_by_its_name(self) -> None:
        assert Method.lookupByName("PUT") is Method.PUT

    @pytest.mark.parametrize("name", ["__doc__", "isIdempotent", "lookupByName", "HEAD", ""])
    def test_other_names_are_no_constants(self, name: str) -> None:
        with pytest.raises(ValueError, match=f"^{name}$"):
            Method.lookupByName(name)

    def test_constants_are_listed_as_they_were_defined(self) -> None:
        assert list(Method.iterconstants()) == [Method.GET, Method.PUT, Method.DELETE]

    def test_constants_are_ordered_as_they_were_defined(self) -> None:
        assert sorted([Method.DELETE, Method.GET]) == [Method.GET, Method.DELETE]
        assert Method.GET < Method.PUT <= Method.PUT
        assert Method.DELETE > Method.PUT
        assert Method.DELETE >= Method.PUT

    def test_constants_of_different_collections_are_not_equal_and_not_ordered(self) -> None:
        assert Method.GET != Other.GET
        with pytest.raises(TypeError):
            assert Method.GET < Other.GET

    def test_a_collection_can_have_class_methods(self) -> None:
        assert Method.isIdempotent(Method.GET)
        assert not Method.isIdempotent(Method.PUT)

    def test_a_subclass_does_not_extend_the_collection(self) -> None:
        class More(Method):
            HEAD = NamedConstant()

        assert list(More.iterconstants()) == [More.HEAD]
        assert list(Method.iterconstants()) == [Method.GET, Method.PUT, Method.DELETE]


class TestValues:
    def test_a_constant_has_a_value(self) -> None:
        assert (repr(Status.OK), Status.OK.value) == ("<Status=OK>", "200")

    def test_the_first_constant_with_a_value_is_found(self) -> None:
        assert Status.lookupByValue("200") is Status.OK

    def test_another_value_is_not_found(self) -> None:
        with pytest.raises(ValueError, match="404"):
            Status.lookupByValue("404")

    def test_constants_are_ordered_as_they_were_defined(self) -> None:
        assert sorted([Status.EARLY, Status.OK]) == [Status.OK, Status.EARLY]


class TestFlags:
    def test_values_are_powers_of_two_unless_given(self) -> None:
        assert [flag.value for flag in Permission.iterconstants()] == [1, 2, 4, 0x100]

    def test_a_flag_is_looked_up(self) -> None:
        assert Permission.lookupByValue(2) is Permission.USER_WRITE
        assert Permission.lookupByName("USER_READ") is Permission.USER_READ

    def test_flags_are_combined(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        assert repr(both) == "<Permission={USER_READ,USER_WRITE}>"
        assert both.value == 6
        assert repr(both & Permission.USER_WRITE) == "<Permission=USER_WRITE>"
        assert repr(both ^ Permission.USER_READ) == "<Permission=USER_WRITE>"
        assert repr(both & Permission.OTHER) == "<Permission={}>"

    def test_the_others_are_all_but_a_flag(self) -> None:
        assert (~Permission.USER_WRITE).value == 0x105

    def test_a_combination_is_iterated_over_by_its_flags(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        assert set(both) == {Permission.USER_READ, Permission.USER_WRITE}

    def test_a_combination_is_iterated_over_in_the_order_of_names(self) -> None:
        every = Permission.USER_WRITE | Permission.USER_READ | Permission.OTHER | Permission.FAR
        assert [flag.name for flag in every] == ["FAR", "OTHER", "USER_READ", "USER_WRITE"]

    def test_a_combination_that_is_one_flag_is_that_flag(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        assert both & Permission.USER_WRITE is Permission.USER_WRITE

    def test_combinations_of_the_same_flags_are_equal(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        other = Permission.USER_READ | Permission.USER_WRITE
        assert both == other
        assert len({both, other}) == 1
        assert both != Permission.USER_READ
        assert ~~both == both

    def test_flags_with_the_same_bits_are_not_equal(self) -> None:
        assert Aliased.ONE != Aliased.FIRST
        assert [flag.name for flag in Aliased.ONE | Aliased.FIRST] == ["FIRST", "ONE"]

    def test_flags_of_different_collections_do_not_combine(self) -> None:
        with pytest.raises(TypeError):
            Permission.OTHER | Aliased.ONE  # type: ignore[unused-ignore]  # what is tried
        with pytest.raises(TypeError):
            Permission.OTHER & 1  # type: ignore[operator]  # what is tried

    def test_a_combination_contains_its_flags(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        assert Permission.USER_READ in both
        assert Permission.OTHER not in both

    def test_a_combination_contains_another_if_it_has_all_its_flags(self) -> None:
        both = Permission.USER_WRITE | Permission.USER_READ
        assert both in both | Permission.FAR
        assert both not in Permission.USER_READ
        assert Permission.OTHER & both not in both

    def test_a_combination_is_true_if_a_flag_is_set(self) -> None:
        assert Permission.USER_READ
        assert not Permission.USER_READ & Permission.OTHER
