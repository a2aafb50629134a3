"""Objects that are not known yet."""

import pytest

from twisted.persisted.crefutil import NotKnown, Pending


class TestNotKnown:
    def test_is_put_into_its_places_when_it_is_known(self) -> None:
        items: list[object] = [None]
        entries: dict[str, object] = {}
        unknown = NotKnown()
        unknown.addDependant(items, 0)
        unknown.addDependant(entries, "k")
        unknown.resolveDependants("it")
        assert (items, entries) == (["it"], {"k": "it"})

    def test_tells_what_it_turned_out_to_be(self) -> None:
        unknown = NotKnown()
        assert (unknown.resolved, unknown.resolvedObject) == (False, None)
        unknown.resolveDependants("it")
        assert (unknown.resolved, unknown.resolvedObject) == (True, "it")

    def test_is_put_at_once_where_it_belongs_later(self) -> None:
        unknown = NotKnown()
        unknown.resolveDependants("it")
        items: list[object] = [None]
        unknown.addDependant(items, 0)
        assert items == ["it"]

    def test_is_resolved_once(self) -> None:
        unknown = NotKnown()
        unknown.resolveDependants("it")
        with pytest.raises(ValueError, match="resolved to 'it' already"):
            unknown.resolveDependants("else")

    def test_may_turn_out_to_be_another_one(self) -> None:
        first, second = NotKnown(), NotKnown()
        first.resolveDependants(second)
        assert not first.resolved
        second.resolveDependants("it")
        assert first.resolvedObject == "it"

    def test_is_no_key(self) -> None:
        with pytest.raises(TypeError, match="cannot be the key"):
            hash(NotKnown())


class TestPending:
    def test_is_made_at_once_of_known_parts(self) -> None:
        assert Pending([1, 2], tuple).resolvedObject == (1, 2)

    def test_is_made_when_the_last_part_is_known(self) -> None:
        parts: list[object] = [NotKnown(), 2, NotKnown()]
        first, _, third = parts
        assert isinstance(first, NotKnown)
        assert isinstance(third, NotKnown)
        pending = Pending(parts, tuple)
        third.resolveDependants(3)
        assert not pending.resolved
        first.resolveDependants(1)
        assert pending.resolvedObject == (1, 2, 3)

    def test_takes_parts_that_were_resolved_before(self) -> None:
        part = NotKnown()
        part.resolveDependants(1)
        assert Pending([part], tuple).resolvedObject == (1,)

    def test_takes_a_part_twice(self) -> None:
        part = NotKnown()
        pending = Pending([part, part], tuple)
        part.resolveDependants(1)
        assert pending.resolvedObject == (1, 1)

    def test_may_be_a_part(self) -> None:
        part = NotKnown()
        outer = Pending([Pending([part], tuple)], tuple)
        part.resolveDependants(1)
        assert outer.resolvedObject == ((1,),)

    def test_waits_for_what_finishing_returns(self) -> None:
        result = NotKnown()
        pending = Pending([], lambda parts: result)
        assert not pending.resolved
        result.resolveDependants("it")
        assert pending.resolvedObject == "it"
