"""Jelly: what objects become, that they come back, and what is refused."""

import datetime
import decimal
import marshal
import os
import sys
import types
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twisted.spread import jelly as jellymodule
from twisted.spread.banana import decode, encode
from twisted.spread.interfaces import IJellier, IUnjellier
from twisted.spread.jelly import (
    InsecureJelly,
    Jellyable,
    SecurityOptions,
    Unjellyable,
    Unpersistable,
    globalSecurity,
    jelly,
    setUnjellyableFactoryForClass,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    unjelly,
)

EXAMPLES = settings(max_examples=int(os.environ.get("TW_EXAMPLES", "500")), deadline=None)


class Plain:
    """A class of no flavor."""

    built = 0

    def __new__(cls) -> "Plain":
        cls.built += 1
        return super().__new__(cls)

    def method(self) -> str:
        return "called"


class Sent(Jellyable, Unjellyable):
    """A class that is registered for itself; its `__init__` cannot be called without arguments."""

    takings = 0

    def __init__(self, value: object) -> None:
        self.value: Any = value

    def setStateFor(self, unjellier: IUnjellier, state: Any) -> None:
        Sent.takings += 1
        super().setStateFor(unjellier, state)


setUnjellyableForClass(Sent, Sent)
SENT = f"{__name__}.Sent".encode()


def through(obj: object, **keywords: Any) -> Any:
    """Return what comes out at the other end of a connection."""
    return unjelly(decode(encode(jelly(obj, globalSecurity))), globalSecurity, **keywords)


@pytest.mark.parametrize(
    ("obj", "expression"),
    [
        (1, 1),
        (-(2**40), -(2**40)),
        (1.5, 1.5),
        (b"bytes", b"bytes"),
        ("tex\xe9t", [b"unicode", b"tex\xc3\xa9t"]),
        (None, [b"None"]),
        (True, [b"boolean", b"true"]),
        (False, [b"boolean", b"false"]),
        ([1, [2]], [b"list", 1, [b"list", 2]]),
        ((1, ()), [b"tuple", 1, [b"tuple"]]),
        ({"a": 1, b"b": [2]}, [b"dictionary", [[b"unicode", b"a"], 1], [b"b", [b"list", 2]]]),
        ({1}, [b"set", 1]),
        (frozenset({3}), [b"frozenset", 3]),
        (datetime.datetime(2012, 1, 2, 3, 4, 5, 6), [b"datetime", b"2012 1 2 3 4 5 6"]),
        (datetime.date(2012, 1, 2), [b"date", b"2012 1 2"]),
        (datetime.time(3, 4, 5, 6), [b"time", b"3 4 5 6"]),
        (datetime.timedelta(-1, 2, 3), [b"timedelta", b"-1 2 3"]),
        (decimal.Decimal("1.50"), [b"decimal", 150, -2]),
        (decimal.Decimal("-1.5E+99"), [b"decimal", -15, 98]),
    ],
)
def test_what_objects_become(obj: object, expression: object) -> None:
    assert jelly(obj) == expression
    assert jelly(obj, globalSecurity) == expression
    back = through(obj)
    assert back == obj
    assert type(back) is type(obj)


@pytest.mark.parametrize("text", ["Infinity", "-Infinity", "NaN", "sNaN"])
def test_special_decimals(text: str) -> None:
    assert str(through(decimal.Decimal(text))) == text.replace("-Infinity", "Infinity")


def test_times_with_a_zone_are_not_sent() -> None:
    for moment in (datetime.datetime.now(datetime.UTC), datetime.time(tzinfo=datetime.UTC)):
        with pytest.raises(NotImplementedError, match="time zone"):
            jelly([moment])


def test_container_that_occurs_twice() -> None:
    x = [1]
    assert jelly([x, x, x]) == [
        *(b"list", [b"reference", 1, [b"list", 1]]),
        *([b"dereference", 1], [b"dereference", 1]),
    ]
    a, b, c = through([x, x, [1]])
    assert a is b
    assert a is not c


@pytest.mark.parametrize("shared", [[], {}, (1, []), {1}, frozenset({1}), {"k": [1]}, Sent(1)])
def test_sharing_is_kept(shared: object) -> None:
    first, (second, third) = through([shared, (shared, shared)])
    assert first is second is third
    assert type(first) is type(shared)


def test_list_that_holds_itself() -> None:
    circle: list[object] = []
    circle.append(circle)
    assert jelly(circle) == [b"reference", 1, [b"list", [b"dereference", 1]]]
    back = through(circle)
    assert back[0] is back


def test_tuple_that_holds_itself() -> None:
    inner: list[object] = []
    circle = (inner, "x")
    inner.append(circle)
    back = through(circle)
    assert back[0][0] is back
    assert back[1] == "x"
    (first,) = through(inner)
    assert first[0][0] is first


def test_tuples_that_wait_for_each_other() -> None:
    inner: list[object] = []
    outer = ((1, (inner,)), inner)
    inner += [outer, outer[0], {"o": outer}]
    back = through(outer)
    assert back[1][0] is back
    assert back[1][1] is back[0]
    assert back[1][2]["o"] is back
    assert back[0][1][0] is back[1]


def test_dictionary_that_holds_itself() -> None:
    circle: dict[str, object] = {}
    circle["me"] = [circle]
    back = through(circle)
    assert back["me"][0] is back


def test_instances_that_refer_to_each_other() -> None:
    a, b = Sent(None), Sent(None)
    a.value, b.value = {"b": b}, (a, b)
    back = through(a)
    assert back.value["b"].value[0] is back
    assert back.value["b"].value[1] is back.value["b"]


def test_key_and_member_that_refer_to_what_is_not_finished() -> None:
    one = Sent(None)
    key = (one,)
    one.value = [{key: key}, {key}, frozenset({key})]
    back = through(key)
    mapping, members, frozen = back[0].value
    assert list(mapping) == [back]
    assert mapping[back] is back
    assert members == {back}
    assert frozen == {back}


def test_state_is_set_when_it_is_finished() -> None:
    class Careful(Sent):
        def setStateFor(self, unjellier: object, state: dict[str, Any]) -> None:
            assert isinstance(state["value"], tuple)
            super().setStateFor(unjellier, state)  # type: ignore[arg-type]  # passed on

    setUnjellyableForClass(Careful, Careful)
    one = Careful(None)
    one.value = (one, [one])
    back = through(one.value)
    assert back[0].value is back


def test_instance_is_made_without_init() -> None:
    back = through(Sent([1]))
    assert type(back) is Sent
    assert back.value == [1]
    assert jelly(Sent(1)) == [
        SENT,
        [b"dictionary", [[b"unicode", b"value"], 1]],
    ]


def test_getstate_and_setstate() -> None:
    class Own(Jellyable, Unjellyable):
        def __getstate__(self) -> object:
            return [1, 2]

        def __setstate__(self, state: object) -> None:
            self.state = state

    setUnjellyableForClass("other.Name", Own)
    expression = jelly(Own())
    assert expression[1] == [b"list", 1, 2]
    assert unjelly([b"other.Name", expression[1]], globalSecurity).state == [1, 2]


def test_slots() -> None:
    class Slotted(Jellyable, Unjellyable):
        __slots__ = ("one",)
        one: int

    setUnjellyableForClass(Slotted, Slotted)
    slotted = Slotted()
    slotted.one = 1
    assert through(slotted).one == 1


def test_names_are_compared_letter_by_letter() -> None:
    for name in (b"Sent", SENT.lower(), SENT + b" ", b"x.Sent"):
        with pytest.raises(InsecureJelly):
            unjelly([name, [b"dictionary"]], globalSecurity)


def test_factory_makes_something_of_the_state() -> None:
    setUnjellyableFactoryForClass("made.ByFactory", lambda state: ("made", state))
    expression = [b"made.ByFactory", [b"list", 1]]
    assert unjelly(expression, globalSecurity) == ("made", [1])
    first, second = unjelly(
        [b"list", [b"reference", 1, expression], [b"dereference", 1]], globalSecurity
    )
    assert first is second


def test_class_tree() -> None:
    module = types.ModuleType("tree")
    module.Sent = Sent  # type: ignore[attr-defined]  # a module made for the test
    module.Plain = Plain  # type: ignore[attr-defined]  # the same
    setUnjellyableForClassTree(module, Sent)
    setUnjellyableForClassTree(module, Sent, prefix="other")
    setUnjellyableForClassTree(module, Sent, prefix="")
    for name in (b"tree.Sent", b"other.Sent", b"Sent"):
        assert type(unjelly([name, [b"dictionary"]], globalSecurity)) is Sent
        del jellymodule.unjellyableRegistry[name]
    with pytest.raises(InsecureJelly):
        unjelly([b"tree.Plain", [b"dictionary"]], globalSecurity)


def test_object_that_makes_its_own_expression() -> None:
    class Own(Jellyable):
        def jellyFor(self, jellier: IJellier) -> Any:
            expression = jellier.prepare(self)
            expression += [b"tuple", jellier.invoker, jellier.jelly([self])]
            return jellier.preserve(self, expression)

    assert jelly(Own(), invoker=7) == [
        *(b"reference", 1),
        [b"tuple", 7, [b"list", [b"dereference", 1]]],
    ]


def test_persistent_objects_are_named() -> None:
    kept = Plain()
    store = {b"name": kept}

    def persistentStore(obj: object, jellier: object) -> bytes | None:
        return b"name" if obj is kept else None

    expression = jelly([kept, 1, "x"], globalSecurity, persistentStore)
    assert expression == [b"list", [b"persistent", b"name"], 1, [b"unicode", b"x"]]
    back = unjelly(expression, globalSecurity, lambda name, unjellier: store[name])
    assert back[0] is kept
    assert "nothing is known" in str(unjelly(expression, globalSecurity)[0].reason)


# What is refused.


@pytest.mark.parametrize(
    "obj",
    [Plain(), Plain, Plain().method, len, sys, test_slots, range(3), 1j, bytearray(), object()],
)
def test_what_is_of_no_flavor_is_not_sent(obj: object) -> None:
    with pytest.raises(InsecureJelly):
        jelly([{"x": obj}], globalSecurity)


def test_subclasses_of_basic_types_are_not_sent() -> None:
    class Text(str):
        __slots__ = ()

    class Items(list[int]):
        pass

    for obj in (Text(), Items()):
        with pytest.raises(InsecureJelly, match="Copyable"):
            jelly(obj, globalSecurity)


NAME = f"{__name__}.Plain".encode()
HOSTILE: list[Any] = [
    [NAME, [b"dictionary"]],
    [b"instance", [b"class", NAME], [b"dictionary"]],
    [b"class", NAME],
    [b"module", b"antigravity"],
    [b"function", b"os.system"],
    [b"function", b"antigravity.fly"],
    [b"antigravity.X", [b"dictionary"]],
    [b"method", b"method", [NAME, [b"dictionary"]], [b"class", NAME]],
    [b"reference", 1, [b"class", NAME]],
    [b"builtins.object", [b"None"]],
    [b"twisted.spread.jelly.Jellyable", [b"dictionary"]],
]


@pytest.mark.parametrize("expression", HOSTILE, ids=repr)
def test_nothing_unlisted_is_built_or_imported(expression: object) -> None:
    before = Plain.built
    with pytest.raises(InsecureJelly):
        unjelly([b"list", expression], globalSecurity)
    assert Plain.built == before
    assert "antigravity" not in sys.modules


@pytest.mark.parametrize(
    "expression",
    [
        [],
        [1],
        [[b"list"]],
        [b"list", []],
        [b"bogus", 1],
        [b"None", 1],
        [b"unicode"],
        [b"unicode", 1],
        [b"unicode", b"\xff"],
        [b"unicode", b"a", b"b"],
        [b"boolean", b"maybe"],
        [b"boolean", 1],
        [b"dictionary", 1],
        [b"dictionary", [1]],
        [b"dictionary", [[b"list"], 1]],
        [b"set", [b"list"]],
        [b"frozenset", [b"dictionary"]],
        [b"datetime", b"1"],
        [b"datetime", b"2012 13 1 1 1 1 1"],
        [b"date", b"2012 1 +1"],
        [b"date", b"2012 1 1_0"],
        [b"time", 5],
        [b"timedelta", b"9999999999 1 1"],
        [b"decimal", b"1", 1],
        [b"decimal", 1],
        [b"decimal", 1, b"x"],
        [b"decimal", 1, 10**30],
        [b"dereference", 5],
        [b"dereference", b"x"],
        [b"reference", 1, 5],
        [b"reference", b"x", [b"list"]],
        [b"reference", 1, [b"reference", 2, [b"list"]]],
        [b"list", [b"reference", 1, [b"list"]], [b"reference", 1, [b"list"]]],
        [b"reference", 1, [b"tuple", [b"dereference", 1]]],
        [b"reference", 1, [b"frozenset", [b"tuple", [b"dereference", 1]]]],
        [b"unpersistable"],
        [SENT],
        "text",
        None,
    ],
    ids=repr,
)
def test_what_is_no_jelly_is_refused(expression: object) -> None:
    with pytest.raises(InsecureJelly):
        unjelly(expression, globalSecurity)


def test_state_that_an_instance_cannot_take() -> None:
    with pytest.raises(TypeError, match="no dictionary"):
        unjelly([SENT, 5], globalSecurity)


def test_objects_too_deep_in_each_other() -> None:
    expression: list[Any] = [b"list"]
    for _ in range(100_000):
        expression = [b"list", expression]
    with pytest.raises(InsecureJelly, match="too deep"):
        unjelly(expression, globalSecurity)


COLLIDING = [n * (2**61 - 1) for n in range(2000)]


@pytest.mark.parametrize("others", [0, 6000])
def test_many_keys_that_collide_are_refused(others: int) -> None:
    keys = [*COLLIDING, *range(1, others)]
    for expression in (
        [b"set", *keys],
        [b"frozenset", *keys],
        [b"dictionary", *([key, 1] for key in keys)],
    ):
        with pytest.raises(InsecureJelly, match="collide"):
            unjelly(expression, globalSecurity)
    assert unjelly([b"set", *range(2000)], globalSecurity) == set(range(2000))


def late(*keys: list[Any], kind: bytes) -> list[Any]:
    """Return a tuple of an instance that has keys which are known only when the tuple is."""
    members = list(keys) if kind == b"set" else [[key, 1] for key in keys]
    return [
        b"reference",
        1,
        [b"tuple", [SENT, [b"dictionary", [[b"unicode", b"value"], [kind, *members]]]]],
    ]


@pytest.mark.parametrize("kind", [b"set", b"dictionary"])
def test_keys_that_are_known_late(kind: bytes) -> None:
    tuples = [[b"tuple", [b"dereference", 1], n] for n in range(2000)]
    whole = unjelly(late(*tuples, kind=kind), globalSecurity)
    assert set(whole[0].value) == {(whole, n) for n in range(2000)}
    colliding = [[b"tuple", [b"dereference", 1], n] for n in COLLIDING]
    with pytest.raises(InsecureJelly, match="collide"):
        unjelly(late(*colliding, kind=kind), globalSecurity)
    with pytest.raises(InsecureJelly, match="cannot be a key"):
        unjelly(late([b"tuple", [b"dereference", 1], [b"list"]], kind=kind), globalSecurity)


def shared(count: int, times: int) -> list[Any]:
    """Return many tuples, of which each has the one before, and a dictionary with the last as key."""
    tuples = (
        [b"reference", n, [b"tuple", *([[b"dereference", n - 1]] * times)]] for n in range(1, count)
    )
    return [
        b"list",
        [b"reference", 0, [b"tuple", 1]],
        *tuples,
        [b"dictionary", [[b"dereference", count - 1], 1]],
    ]


def test_tuples_that_would_take_for_ever_to_hash_are_refused() -> None:
    assert len(unjelly(shared(10, 2), globalSecurity)) == 11
    with pytest.raises(InsecureJelly, match="more than 16777216 items"):
        unjelly(shared(27, 2), globalSecurity)


def test_tuples_that_would_overflow_the_stack_when_hashed_are_refused() -> None:
    assert len(unjelly(shared(500, 1), globalSecurity)) == 501
    with pytest.raises(InsecureJelly, match="more than 1000 deep"):
        unjelly(shared(2000, 1), globalSecurity)


def test_tuples_in_lists_may_lie_as_deep_as_they_like() -> None:
    first = [b"reference", 0, [b"list", [b"tuple", 1]]]
    nodes = (
        [b"reference", n, [b"list", [b"tuple", [b"dereference", n - 1]]]] for n in range(1, 2000)
    )
    found = unjelly([b"list", first, *nodes], globalSecurity)
    assert found[1999][0][0] is found[1998]


def test_key_that_fails_is_read_once() -> None:
    expression: list[Any] = [SENT, 5]
    Sent.takings = 0
    for _ in range(8):
        expression = [b"dictionary", [expression, 1]]
    with pytest.raises(TypeError, match="no dictionary"):
        unjelly(expression, globalSecurity)
    assert Sent.takings == 1


def test_what_came_is_shown_in_short() -> None:
    tuples = shared(22, 2)
    tuples[-1] = [SENT, [b"dereference", 21]]
    for expression in (tuples, [b"boolean", *range(10_000)], [b"function" * 10_000]):
        with pytest.raises((InsecureJelly, TypeError)) as caught:
            unjelly(expression, globalSecurity)
        assert len(str(caught.value)) < 500


# Tasters.


def test_without_a_taster_everything_is_built() -> None:
    plain = Plain()
    plain.__dict__.update(x=1, me=plain)
    back = unjelly(jelly(plain))
    assert (type(back), back.x, back.me) == (Plain, 1, back)
    for obj in (Plain, int, sys, test_slots):
        assert unjelly(jelly(obj)) is obj
    assert unjelly(jelly(plain.method))() == "called"
    assert type(unjelly([b"instance", [b"class", NAME], [b"dictionary"]])) is Plain


def test_instances_that_were_allowed() -> None:
    taster = SecurityOptions()
    taster.allowInstancesOf(Plain)
    assert type(unjelly(jelly(Plain(), taster), taster)) is Plain
    assert unjelly(jelly(Plain, taster), taster) is Plain
    for obj in (int, Sent):
        with pytest.raises(InsecureJelly):
            jelly(obj, taster)
        with pytest.raises(InsecureJelly):
            unjelly(jelly(obj), taster)


def test_modules_and_functions_that_were_allowed() -> None:
    taster = SecurityOptions()
    taster.allowTypes("function", b"module")
    taster.allowModules("os.path", sys)
    assert unjelly([b"module", b"sys"], taster) is sys
    assert unjelly([b"function", b"os.path.join"], taster) is os.path.join
    for expression in (
        [b"module", b"os"],
        [b"function", b"os.system"],
        [b"function", b"os.path.no"],
        [b"function", b"os.path.os.system"],
    ):
        with pytest.raises(InsecureJelly):
            unjelly(expression, taster)


def test_taster_without_basic_types() -> None:
    taster = SecurityOptions()
    assert unjelly([b"unicode", b"x"], taster) == "x"
    containers: tuple[object, ...] = ([], (), {})
    for obj in containers:
        with pytest.raises(InsecureJelly):
            unjelly(jelly(obj), taster)
        with pytest.raises(InsecureJelly):
            jelly(obj, taster)
    assert taster.isTypeAllowed("list") is taster.isTypeAllowed(b"list") is False
    taster.allowBasicTypes()
    assert taster.isTypeAllowed("list") is taster.isTypeAllowed(b"list") is True


def test_unpersistable_is_sent_on() -> None:
    back = through(Unpersistable("it is a file"))
    assert back.reason == "it is a file"
    assert repr(back) == "Unpersistable('it is a file')"


OBJECTS = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**448) + 1, 2**448 - 1),
        st.floats(allow_nan=False),
        st.text(),
        st.binary(),
        st.datetimes(),
        st.timedeltas(),
        # More digits are an integer that is too large for Banana.
        st.decimals(allow_nan=False, allow_infinity=False).filter(
            lambda number: len(number.as_tuple().digits) <= 134
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers()), inner, max_size=4),
        st.frozensets(st.integers(), max_size=4),
        inner.map(lambda obj: [obj, obj]),
        inner.map(lambda obj: (obj, {"x": obj})),
        inner.map(Sent),
    ),
    max_leaves=20,
)


def same(a: object, b: object) -> bool:
    """Return whether two graphs without circles are equal, with their types."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Sent) and isinstance(b, Sent):
        return same(a.value, b.value)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return a == b


def test_expressions_go_through_any_marshaller() -> None:
    value = [1, "two", b"three", None, {"four": (5.0, {6})}]
    assert same(unjelly(marshal.loads(marshal.dumps(jelly(value))), globalSecurity), value)


@pytest.mark.property
@EXAMPLES
@given(OBJECTS)
def test_any_object_comes_back(obj: object) -> None:
    assert same(through(obj), obj)


WORDS = st.sampled_from(
    [
        *(b"list", b"tuple", b"set", b"frozenset", b"dictionary", b"reference", b"dereference"),
        *(b"unicode", b"None", b"boolean", b"date", b"decimal", b"persistent", b"unpersistable"),
        *(b"instance", b"class", b"function", b"module", b"method", SENT),
        *(NAME, b"os.system", b"true", b"2012 1 1", b"remote", b"local", b"cached", b"lcache"),
    ]
)
EXPRESSIONS = st.recursive(
    st.one_of(st.integers(0, 3), st.integers(), st.floats(), st.binary(max_size=5), WORDS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(WORDS, st.lists(inner, max_size=4)).map(lambda pair: [pair[0], *pair[1]]),
        st.tuples(st.integers(0, 3), inner).map(lambda pair: [b"reference", *pair]),
        st.integers(0, 3).map(lambda number: [b"dereference", number]),
    ),
    max_leaves=30,
)


@pytest.mark.property
@EXAMPLES
@given(EXPRESSIONS)
def test_any_expression_is_read_or_refused(expression: object) -> None:
    before = Plain.built
    try:
        unjelly(expression, globalSecurity)
    except (InsecureJelly, TypeError):
        # A registered class refuses a state that is no dictionary with a TypeError.
        pass
    assert Plain.built == before
