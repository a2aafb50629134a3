"""Abstract object trees: objects as source text, and back."""

import collections
import datetime
import decimal
import enum
import fractions
import functools
import io
import math
import os
import os.path
import threading
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twisted.logger import capturedLogs
from twisted.persisted import aot, styles
from twisted.persisted.aot import (
    AOTUnjellier,
    Class,
    Copyreg,
    Deref,
    Function,
    Instance,
    InstanceMethod,
    Module,
    NonFormattableDict,
    NoStateObj,
    Ref,
    jellyToAOT,
    jellyToSource,
    unjellyFromAOT,
    unjellyFromSource,
)

EXAMPLES = settings(
    max_examples=int(os.environ.get("TW_EXAMPLES", "500")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
HERE = __name__


class House:
    """An object with attributes."""

    def __init__(self, /, **attributes: object) -> None:
        self.__dict__.update(attributes)

    def knock(self) -> str:
        return "who is there?"

    @classmethod
    def build(cls) -> "House":
        return cls()

    class Room:
        """A class inside of another one."""


class Slotted:
    """An object without a dictionary."""

    __slots__ = ("one", "two")


class Both(Slotted):
    """An object with slots and a dictionary."""


class OwnState:
    """An object that says itself what its state is."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __getstate__(self) -> object:
        return ["state", self.value]

    def __setstate__(self, state: list[object]) -> None:
        assert state[0] == "state"
        self.value = state[1]


class Keyed(OwnState):
    """An object whose hash needs its state."""

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Keyed) and other.value == self.value


class Stack(list[object]):
    """A list with attributes."""


class Color(enum.Enum):
    """Two of many."""

    RED = 1
    BLUE = 2


class Point(NamedTuple):
    """Where something is."""

    x: int
    y: int


class Made:
    """An object that is made by a function."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments

    def __reduce__(self) -> Any:
        return Made, self.arguments, self.__dict__


class SetByAnother:
    """An object whose state a function sets."""

    value: object = None

    def __reduce__(self) -> Any:
        return SetByAnother, (), self.value, None, None, setValue


def setValue(it: SetByAnother, value: object) -> None:
    it.value = value


def again(value: object) -> Any:
    """Return what comes back over the source text."""
    source = jellyToSource(value)
    assert source is not None
    return unjellyFromSource(source)


class TestPlainValues:
    @pytest.mark.parametrize(
        "value",
        [
            None,
            True,
            False,
            ...,
            NotImplemented,
            0,
            -5,
            1.5,
            -0.0,
            1e300,
            math.inf,
            -math.inf,
            3 + 4j,
            complex(math.inf, -0.0),
            "",
            "a\nb'\"\\\t\0",
            "\u1234\ud800",
            b"",
            bytes(range(256)),
            [],
            (),
            {},
            [1, [2, [3]]],
            (1,),
            {"k": {1: 2, None: 3, (1, (2,)): 4}},
            set(),
            {1, "a"},
            frozenset({1}),
            bytearray(b"b"),
            range(3),
            slice(1, 2),
        ],
    )
    def test_come_back(self, value: object) -> None:
        back = again(value)
        assert (type(back), repr(back)) == (type(value), repr(value))

    def test_of_many_digits_come_back(self) -> None:
        value = 10**5000
        assert again([value, -value]) == [value, -value]

    def test_that_are_no_number_come_back(self) -> None:
        assert math.isnan(again(math.nan))

    def test_keep_the_order_of_dictionaries(self) -> None:
        assert list(again({"b": 1, "a": 2})) == ["b", "a"]


class TestObjects:
    def test_with_attributes_come_back(self) -> None:
        house = again(House(rooms=3, owner=House(name="x")))
        assert (type(house), house.rooms, house.owner.name) == (House, 3, "x")

    def test_without_attributes_come_back(self) -> None:
        assert vars(again(House())) == {}

    def test_with_attributes_that_are_no_names_come_back(self) -> None:
        attributes = {"a b": 1, "class": 2, "className": 3, "__stateObj__": 4, "self": 5, "": 6}
        assert vars(again(House(**attributes))) == attributes

    def test_with_slots_come_back(self) -> None:
        slotted = Slotted()
        slotted.one = 1  # type: ignore[attr-defined]  # a slot
        back = again(slotted)
        assert (back.one, hasattr(back, "two")) == (1, False)

    def test_with_slots_and_attributes_come_back(self) -> None:
        both = Both()
        both.one, both.three = 1, [3]  # type: ignore[attr-defined]  # a slot, and none
        back = again(both)
        assert (back.one, back.three) == (1, [3])

    @pytest.mark.parametrize("value", [None, 0, "x", [1], {"k": 2}])
    def test_with_a_state_of_their_own_come_back(self, value: object) -> None:
        assert again(OwnState(value)).value == value

    def test_whose_state_counts_for_their_hash_are_keys(self) -> None:
        assert again({Keyed(1): "one", Keyed((2, 3)): "two"})[Keyed((2, 3))] == "two"
        assert Keyed(1) in again({Keyed(1)})

    def test_that_are_lists_and_more_come_back(self) -> None:
        stack = Stack([1, 2])
        stack.name = "s"  # type: ignore[attr-defined]  # as existing code does it
        back = again(stack)
        assert (type(back), list(back), back.name) == (Stack, [1, 2], "s")

    @pytest.mark.parametrize(
        "value",
        [
            datetime.datetime(2026, 11, 23, tzinfo=datetime.UTC),
            decimal.Decimal("1.10"),
            fractions.Fraction(1, 3),
            Color.BLUE,
            Point(1, 2),
            collections.deque([1, 2], 5),
            collections.OrderedDict([("b", 1), ("a", 2)]),
            collections.Counter("abb"),
            Path("/tmp"),
            ValueError("x", 1),
        ],
    )
    def test_of_the_standard_library_come_back(self, value: object) -> None:
        back = again(value)
        assert (type(back), repr(back)) == (type(value), repr(value))

    def test_that_are_single_come_back_as_themselves(self) -> None:
        assert again(Color.RED) is Color.RED

    def test_with_functions_inside_come_back(self) -> None:
        back = again(collections.defaultdict(list, {"k": [1]}))
        assert (back["k"], back["new"]) == ([1], [])
        assert again(functools.partial(max, 3))(2) == 3

    def test_that_are_made_by_a_function_come_back_with_their_state(self) -> None:
        made = Made(1, [2])
        made.more = {"k": 3}  # type: ignore[attr-defined]  # as existing code does it
        back = again(made)
        assert (back.arguments, back.more) == ((1, [2]), {"k": 3})

    def test_whose_state_a_function_sets_come_back(self) -> None:
        it = SetByAnother()
        it.value = [1]
        assert again(it).value == [1]

    def test_with_a_version_are_brought_up_to_date(self) -> None:
        class Bed(styles.Versioned):
            persistenceVersion = 1

            def upgradeToVersion1(self) -> None:
                self.done = True

        globals()["Bed"] = Bed
        Bed.__qualname__ = "Bed"
        source = f"app=Instance('{HERE}.Bed', size=3)"
        back: Any = unjellyFromSource(source)
        styles.doUpgrade()
        assert (back.size, back.done) == (3, True)
        assert f"'{HERE}.Bed.persistenceVersion': 1" in str(jellyToSource(back))

    def test_that_are_ephemeral_come_back_bare(self) -> None:
        with capturedLogs() as events:
            back = again(styles.Ephemeral())
        assert type(back) is styles.Ephemeral
        assert len(events) == 1


class TestNamedThings:
    @pytest.mark.parametrize(
        "value", [os, os.path, House, House.Room, int, type(None), type, len, os.getcwd, again]
    )
    def test_come_back_as_themselves(self, value: object) -> None:
        assert again([value])[0] is value

    def test_methods_are_bound_to_the_same_object(self) -> None:
        house = House()
        back = again([house, house.knock])
        assert back[1].__self__ is back[0]
        assert back[1]() == "who is there?"

    def test_methods_may_be_an_attribute_of_their_own_object(self) -> None:
        house = House()
        house.bell = house.knock  # type: ignore[attr-defined]  # as existing code does it
        back = again(house)
        assert back.bell.__self__ is back

    def test_methods_of_a_class_come_back(self) -> None:
        assert type(again(House.build)()) is House

    def test_methods_written_in_c_come_back(self) -> None:
        items: list[int] = []
        back = again([items, items.append])
        back[1](3)
        assert back[0] == [3]

    def test_modules_that_moved_are_found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(styles.oldModules, "planted_old", os)
        assert unjellyFromSource("app=Module('planted_old')") is os

    def test_without_a_name_are_refused(self) -> None:
        def inner() -> None:
            """Be found nowhere."""

        class Inner:
            """Be found nowhere."""

        for value in (inner, lambda: None, Inner, Inner(), [Inner]):
            with pytest.raises(TypeError, match="at the top of a module"):
                jellyToSource(value)

    def test_that_cannot_be_saved_are_refused(self) -> None:
        for value in (threading.Lock(), (each for each in "abc")):
            with pytest.raises(TypeError, match="pickle"):
                jellyToSource([value])


class TestReferences:
    def test_same_object_stays_the_same(self) -> None:
        shared = [1]
        back = again({"a": shared, "b": [shared], "c": (shared,)})
        assert back["a"] is back["b"][0] is back["c"][0]

    def test_equal_objects_stay_two(self) -> None:
        back = again([[1], [1]])
        assert back[0] is not back[1]

    def test_list_that_holds_itself(self) -> None:
        items: list[object] = []
        items.append(items)
        back = again(items)
        assert back[0] is back

    def test_dictionary_that_holds_itself(self) -> None:
        entries: dict[str, object] = {}
        entries["k"] = entries
        back = again(entries)
        assert back["k"] is back

    def test_object_that_holds_itself(self) -> None:
        house = House()
        house.self = house  # type: ignore[attr-defined]  # as existing code does it
        back = again(house)
        assert back.self is back

    def test_tuple_in_a_circle(self) -> None:
        circle: tuple[list[object]] = ([],)
        circle[0].append(circle)
        back = again(circle)
        assert back[0][0] is back

    def test_tuple_in_a_circle_of_tuples(self) -> None:
        items: list[object] = []
        circle = (items, (items, 1))
        items.append((circle,))
        back = again(circle)
        assert back[0][0][0] is back
        assert back[1][0] is back[0]

    def test_own_state_in_a_circle(self) -> None:
        it = OwnState(None)
        it.value = (it, {"k": it})
        back = again(it)
        assert back.value[0] is back.value[1]["k"] is back

    def test_own_state_in_a_circle_through_a_tuple(self) -> None:
        it = OwnState(None)
        circle = (it, [1])
        it.value = circle
        back = again(circle)
        assert back[0].value is back

    def test_made_object_whose_state_holds_it(self) -> None:
        made = Made(1)
        made.self = made  # type: ignore[attr-defined]  # as existing code does it
        back = again(made)
        assert back.self is back

    def test_collection_that_holds_itself(self) -> None:
        deque: collections.deque[object] = collections.deque()
        deque.append(deque)
        back = again(deque)
        assert back[0] is back
        table: collections.defaultdict[str, object] = collections.defaultdict(list)
        table["k"] = table
        backTable = again(table)
        assert backTable["k"] is backTable

    def test_key_that_is_shared_stays_the_same(self) -> None:
        key = (1, 2)
        back = again([{key: "v"}, key])
        assert next(iter(back[0])) is back[1]

    def test_key_that_is_shared_before(self) -> None:
        key = Keyed(1)
        back = again([key, {key: key}])
        assert back[1][back[0]] is back[0]

    def test_reference_before_its_object(self) -> None:
        back: Any = unjellyFromSource("app=[Deref(1), (Deref(1), 2), Ref(1, [3])]")
        assert back == [[3], ([3], 2), [3]]
        assert back[0] is back[1][0] is back[2]

    def test_reference_before_its_object_as_a_key(self) -> None:
        back = unjellyFromSource("app=[{Deref(1): 'v', (Deref(1),): Deref(1)}, Ref(1, (3,))]")
        assert back == [{(3,): "v", ((3,),): (3,)}, (3,)]

    def test_reference_before_its_object_as_an_argument(self) -> None:
        back = unjellyFromSource("app=[Copyreg('builtins.len', ([Deref(1)],)), Ref(1, 'abc')]")
        assert back == [1, "abc"]

    def test_reference_before_its_object_in_a_state_and_a_method(self) -> None:
        back: Any = unjellyFromSource(
            f"app=[Instance('{HERE}.OwnState', ['state', Deref(1)]),"
            f" InstanceMethod('knock', '{HERE}.House', Deref(2)),"
            f" Ref(1, 'abc'), Ref(2, Instance('{HERE}.House'))]"
        )
        assert back[0].value == "abc"
        assert back[1].__self__ is back[3]

    def test_reference_to_nothing_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"Deref\(7\)"):
            unjellyFromSource("app=[Deref(7)]")

    def test_objects_that_need_each_other_first_are_refused(self) -> None:
        with pytest.raises(ValueError, match="need each"):
            unjellyFromSource("app=Ref(1, Copyreg('builtins.tuple', ([Deref(1)],)))")

    def test_number_that_is_used_twice_is_refused(self) -> None:
        with pytest.raises(ValueError, match="two Refs with the number 1"):
            unjellyFromSource("app=[Ref(1, []), Ref(1, [])]")

    def test_many_objects_whose_ids_could_repeat_stay_apart(self) -> None:
        # Each state is a list that nobody keeps.
        back = again([OwnState(number) for number in range(500)])
        assert [each.value for each in back] == list(range(500))


class TestSource:
    def test_is_laid_out_for_people(self) -> None:
        house = House(rooms=["kitchen", "bath"], size=(3, 4.5), floor={"oak": 1})
        house.self = house  # type: ignore[attr-defined]  # as existing code does it
        assert jellyToSource(house) == (
            "app=Ref(1,\n"
            f"  Instance('{HERE}.House',\n"
            "    rooms=[\n"
            "      'kitchen',\n"
            "      'bath',\n"
            "      ],\n"
            "    size=(\n"
            "      3,\n"
            "      4.5,\n"
            "      ),\n"
            "    floor={\n"
            "      'oak': 1,\n"
            "      },\n"
            "    self=Deref(1),))"
        )

    def test_is_written_to_a_file_in_utf8(self) -> None:
        file = io.BytesIO()
        assert jellyToSource("\u00e9", file) is None
        assert file.getvalue() == "app='\u00e9'".encode()

    @pytest.mark.parametrize(
        "form", [str, str.encode, io.StringIO, lambda text: io.BytesIO(text.encode())]
    )
    def test_is_read_in_any_form(self, form: Any) -> None:
        assert unjellyFromSource(form("app=['\u00e9']")) == ["\u00e9"]

    def test_of_existing_files_is_read(self) -> None:
        back: Any = unjellyFromSource(
            "app=Ref(1,\n"
            f"  Instance('{HERE}.House',\n"
            f"    c=Class('{HERE}.House'),\n"
            "    d={\n      'k':1,\n      3:4,\n      },\n"
            f"    m_=InstanceMethod('knock','{HERE}.House',\n      Deref(1)),\n"
            "    mod=Module('os'),\n"
            f"    none=Instance('{HERE}.OwnState',None),\n"
            "    self=Deref(1),))\n"
        )
        assert (back.c, back.d, back.mod, back.self) == (House, {"k": 1, 3: 4}, os, back)
        assert back.m_() == "who is there?"

    def test_may_be_a_program(self) -> None:
        assert unjellyFromSource("beds = 2\napp = ['roses'] * beds\n") == ["roses", "roses"]

    def test_without_an_app_is_refused(self) -> None:
        with pytest.raises(ValueError, match="<source> describes no object"):
            unjellyFromSource("application = 3")

    def test_that_is_no_python_is_refused(self) -> None:
        with pytest.raises(SyntaxError):
            unjellyFromSource("app=")

    def test_that_is_wrong_names_its_file(self, tmp_path: Path) -> None:
        (tmp_path / "garden.tas").write_text("app=")
        with (tmp_path / "garden.tas").open() as file, pytest.raises(SyntaxError) as caught:
            unjellyFromSource(file)
        assert caught.value.filename == str(tmp_path / "garden.tas")

    @pytest.mark.parametrize(
        ("source", "error"),
        [
            ("app=Class('os.nope')", AttributeError),
            ("app=Function('planted_nowhere.nope')", ValueError),
            ("app=Module('planted_nowhere')", ImportError),
            ("app=Class('os.getcwd')", TypeError),
            ("app=object()", TypeError),
            (f"app=Instance('{HERE}.House', 3)", TypeError),
            (f"app=Instance('{HERE}.House', {{}}, a=1)", TypeError),
            ("app=Ref(1)", TypeError),
            ("app=Ref('1', 2)", TypeError),
        ],
    )
    def test_that_names_what_is_not_there_is_refused(
        self, source: str, error: type[Exception]
    ) -> None:
        with pytest.raises(error):
            unjellyFromSource(source)

    def test_that_could_not_be_read_is_not_written(self) -> None:
        deep: list[object] = []
        for _ in range(aot.MAXIMUM_NESTING - 1):
            deep = [deep]
        assert again(deep) == deep
        with pytest.raises(ValueError, match="use a pickle"):
            jellyToSource([[deep]])

    def test_of_very_deep_objects_is_not_written(self) -> None:
        deep: list[object] = []
        for _ in range(100_000):
            deep = [deep]
        with pytest.raises(ValueError, match="use a pickle"):
            jellyToSource(deep)
        # Freeing it would need as much stack.
        while deep:
            deep = deep.pop()  # type: ignore[assignment]  # a list as well

    def test_of_something_else_is_refused(self) -> None:
        with pytest.raises(TypeError, match="a set has no place"):
            aot.prettify({1})


class TestPieces:
    """The functions that the text is made of."""

    @pytest.mark.parametrize(
        ("node", "source"),
        [
            (Class("a.B"), "Class('a.B')"),
            (Function("a.b"), "Function('a.b')"),
            (Module("a"), "Module('a')"),
            (Deref(3), "Deref(3)"),
            (Ref(3, 4), "Ref(3,\n  4)"),
            (Instance("a.B"), "Instance('a.B')"),
            (Instance("a.B", NoStateObj, a=1), "Instance('a.B',\n  a=1,)"),
            (Instance("a.B", 3), "Instance('a.B',\n  3)"),
            (InstanceMethod("m", "a.B", Deref(1)), "InstanceMethod('m', 'a.B',\n  Deref(1))"),
            (
                Copyreg("a.b", (1,), 2, [3], [(4, 5)], Function("a.c")),
                "Copyreg('a.b',\n  (\n    1,\n    ),\n  attributes=2,\n"
                "  items=[\n    3,\n    ],\n"
                "  pairs=[\n    (\n      4,\n      5,\n      ),\n    ],\n"
                "  setter=Function('a.c'),)",
            ),
        ],
    )
    def test_node_has_a_source(self, node: Any, source: str) -> None:
        assert node.getSource() == aot.prettify(node) == source
        assert aot.getSource(node) == f"app={source}"

    def test_keywords_are_laid_out(self) -> None:
        assert aot.dictToKW({"a": 1, "b": [2]}) == "\n  a=1,\n  b=[\n    2,\n    ],"

    @pytest.mark.parametrize("key", ["a b", "class", "__debug__", "\u00ba", "", 3, None])
    def test_keywords_have_to_be_names(self, key: Any) -> None:
        with pytest.raises(NonFormattableDict):
            aot.dictToKW({key: 1})

    def test_text_is_indented_by_its_brackets(self) -> None:
        assert aot.indentify("App([\na, '[\\n',\n])\n") == "App([\n    a, '[\\n',\n    ])"

    @pytest.mark.parametrize("value", [1, [], [1, {"a": "[("}], (1, (2,))])
    def test_text_that_is_indented_stays_so(self, value: object) -> None:
        assert aot.indentify(aot.prettify(value)) == aot.prettify(value)

    def test_tokens_are_those_of_python(self) -> None:
        tokens = list(aot.tokenize(io.StringIO("a = 1").readline))
        assert [each.string for each in tokens[:3]] == ["a", "=", "1"]

    def test_stateless_mark_has_a_name(self) -> None:
        assert repr(NoStateObj) == "NoStateObj"


class TestRef:
    def test_is_filled_step_by_step(self) -> None:
        ref = Ref()
        ref.setObj([1])
        assert ref.getSource() == "[\n  1,\n  ]"
        ref.setRef(3)
        assert (ref.refnum, ref.obj) == (3, [1])

    def test_refuses_a_second_number_and_object(self) -> None:
        ref = Ref(3, None)
        with pytest.raises(ValueError, match="has the number 3 already, not 4"):
            ref.setRef(4)
        with pytest.raises(ValueError, match="has an object already: None, not 5"):
            ref.setObj(5)


class TestTrees:
    def test_of_a_plain_value_is_the_value(self) -> None:
        assert jellyToAOT("a") == "a"

    def test_of_a_collection_may_be_referred_to(self) -> None:
        tree = jellyToAOT([1])
        assert isinstance(tree, Ref)
        assert (tree.refnum, tree.obj) == (None, [1])

    def test_gives_objects_without_a_text(self) -> None:
        house = House(a=[1])
        house.self = house  # type: ignore[attr-defined]  # as existing code does it
        back: Any = unjellyFromAOT(jellyToAOT([house, house, Both(), {1}]))
        assert back[0] is back[1] is back[0].self
        assert back[3] == {1}

    def test_is_made_of_nodes_by_hand(self) -> None:
        back: Any = unjellyFromAOT(Ref(1, Instance(f"{HERE}.House", x=Deref(1))))
        assert back.x is back


class TestUnjellier:
    """What a reader of one's own can use."""

    def test_puts_an_object_into_a_place(self) -> None:
        items: list[object] = [None]
        assert AOTUnjellier().unjellyInto(items, 0, [3]) == [3]
        assert items == [[3]]

    def test_sets_an_attribute(self) -> None:
        house = House()
        AOTUnjellier().unjellyAttribute(house, "rooms", (1, 2))
        assert vars(house) == {"rooms": (1, 2)}

    def test_calls_later_with_what_is_known_then(self) -> None:
        called: list[object] = []

        class Reader(AOTUnjellier):
            def unjellyAO(self, ao: object) -> object:
                if ao == "later":
                    self.unjellyLater(Deref(1)).addCallback(called.append)
                    self.unjellyLater([2]).addCallback(lambda made, more: called.append(more), 5)
                    self.callAfter(called.append, 7)
                    assert called == []
                return super().unjellyAO(ao)

        assert Reader().unjelly(["later", Ref(1, (1,))]) == ["later", (1,)]
        assert called == [(1,), 5, 7]


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary()
)
keys = st.recursive(leaves, lambda inner: st.lists(inner, max_size=2).map(tuple), max_leaves=3)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
        | st.dictionaries(st.text(), inner, max_size=3).map(lambda each: House(**each))
        | inner.map(OwnState)
        | st.lists(inner, max_size=3).map(Stack)
        | st.sets(keys, max_size=3)
    ),
    max_leaves=12,
)


def plain(value: object) -> object:
    """Return something that can be compared for an object of these tests."""
    match value:
        case House():
            return "House", {key: plain(each) for key, each in vars(value).items()}
        case OwnState():
            return "OwnState", plain(value.value)
        case list() | tuple():
            return type(value), [plain(each) for each in value]
        case dict():
            return {key: plain(each) for key, each in value.items()}
    return type(value), value


@pytest.mark.property
@EXAMPLES
@given(values)
def test_any_value_comes_back(value: object) -> None:
    assert plain(again(value)) == plain(value)


@pytest.mark.property
@EXAMPLES
@given(st.data())
def test_any_graph_of_objects_comes_back(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    kinds = data.draw(st.lists(st.sampled_from("ldos"), min_size=count, max_size=count))
    make: dict[str, Any] = {"l": list, "d": dict, "o": House, "s": lambda: OwnState(None)}
    nodes = [make[kind]() for kind in kinds]
    number = st.integers(0, count - 1)
    edges = data.draw(st.lists(st.tuples(number, number, st.booleans()), max_size=12))
    for source, target, inTuple in edges:
        value = (nodes[target], 0) if inTuple else nodes[target]
        link(nodes[source], value)
    assert shape(again(nodes)) == shape(nodes)


def link(node: Any, value: object) -> None:
    """Make a node refer to a value."""
    match node:
        case list():
            node.append(value)
        case dict():
            node[len(node)] = value
        case OwnState():
            node.value = value
        case _:
            setattr(node, f"a{len(vars(node))}", value)


def shape(start: object) -> list[object]:
    """Return a list that is the same for object graphs of one shape."""
    numbers: dict[int, int] = {}
    kept: list[object] = []
    found: list[object] = []

    def visit(value: object) -> None:
        if isinstance(value, int | None):
            found.append(value)
            return
        if id(value) in numbers:
            found.append(f"#{numbers[id(value)]}")
            return
        numbers[id(value)] = len(numbers)
        kept.append(value)
        found.append(type(value).__name__)
        match value:
            case list() | tuple():
                inner: list[object] = list(value)
            case dict():
                inner = list(value.values())
            case _:
                inner = list(vars(value).values())
        found.append(len(inner))
        for each in inner:
            visit(each)

    visit(start)
    return found
