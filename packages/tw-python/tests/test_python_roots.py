"""Trees of named things."""

from typing import Any

import pytest

from twisted.python import roots


class Numbers(roots.Collection):
    """Has a number for each name of digits, and lists two of them."""

    def getDynamicEntity(self, name: str, request: roots.Request | None) -> Any:
        return int(name) if name.isdigit() else None

    def listDynamicNames(self) -> list[str]:
        return ["1", "2"]


class TestCollection:
    def test_an_entity_is_kept_by_its_name(self) -> None:
        collection = roots.Collection()
        collection.putEntity("a", 1)
        assert collection.getStaticEntity("a") == 1
        assert collection.getEntity("a", None) == 1
        assert collection.listStaticNames() == ["a"]
        assert collection.listStaticEntities() == [("a", 1)]

    def test_an_entity_that_is_not_there_is_none(self) -> None:
        collection = roots.Collection()
        assert collection.getStaticEntity("a") is None
        assert collection.getEntity("a", None) is None

    def test_an_entity_is_kept_no_longer(self) -> None:
        collection = roots.Collection({"a": 1})
        collection.delEntity("a")
        assert collection.listNames(None) == []
        with pytest.raises(KeyError):
            collection.delEntity("a")

    def test_entities_can_be_made_when_they_are_asked_for(self) -> None:
        numbers = Numbers({"a": "kept", "7": "seven"})
        assert numbers.getEntity("5", None) == 5
        assert numbers.getEntity("7", None) == "seven"
        assert numbers.listNames(None) == ["a", "7", "1", "2"]
        assert numbers.listDynamicEntities(None) == [("1", 1), ("2", 2)]
        assert numbers.listEntities(None) == [("a", "kept"), ("7", "seven"), ("1", 1), ("2", 2)]

    def test_a_plain_one_makes_none(self) -> None:
        assert roots.Collection().listDynamicNames() == []
        assert roots.Collection().listDynamicEntities(None) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda: roots.Entity().render(roots.Request()),
        lambda: roots.Request().write(b""),
        lambda: roots.Request().finish(),
        lambda: roots.Collection().storeEntity("a", None),
        lambda: roots.Collection().removeEntity("a", None),
    ],
    ids=["render", "write", "finish", "storeEntity", "removeEntity"],
)
def test_what_a_subclass_has_to_say_is_not_supported(call: Any) -> None:
    with pytest.raises(roots.NotSupportedError, match="override"):
        call()


class Lower(roots.Constrained):
    """Takes lower-case names and large numbers."""

    def nameConstraint(self, name: str) -> bool:
        return name.islower()

    def entityConstraint(self, entity: object) -> bool:
        return isinstance(entity, int) and entity > 3


class TestConstrained:
    def test_what_is_permitted_is_kept(self) -> None:
        collection = Lower()
        collection.putEntity("a", 5)
        assert collection.entities == {"a": 5}

    @pytest.mark.parametrize(("name", "entity"), [("A", 5), ("a", 1)])
    def test_what_is_not_permitted_is_refused(self, name: str, entity: int) -> None:
        collection = Lower()
        with pytest.raises(roots.ConstraintViolation):
            collection.putEntity(name, entity)
        assert collection.entities == {}

    def test_a_plain_one_permits_everything(self) -> None:
        collection = roots.Constrained()
        collection.putEntity("A", None)
        assert collection.listStaticNames() == ["A"]

    def test_nothing_is_put_into_a_locked_one(self) -> None:
        collection = roots.Locked()
        collection.putEntity("a", 1)
        collection.lock()
        with pytest.raises(roots.ConstraintViolation):
            collection.putEntity("b", 1)
        assert collection.listStaticNames() == ["a"]

    def test_a_homogenous_one_takes_one_class(self) -> None:
        class Words(roots.Homogenous):
            entityType = str

        words = Words()
        words.putEntity("a", "b")
        with pytest.raises(roots.ConstraintViolation, match="int"):
            words.putEntity("c", 1)
        assert (words.getNameType(), words.getEntityType()) == ("Name", "str")
        assert words.entities == {"a": "b"}
