"""Adapters are registered, found and kept."""

import pickle
from collections.abc import Iterator
from typing import Any, cast

import pytest
import zope.interface  # type: ignore[import-untyped]
from zope.interface.adapter import AdapterRegistry  # type: ignore[import-untyped]

from twisted.python import components
from twisted.python.components import (
    Adapter,
    Attribute,
    Componentized,
    Interface,
    ReprableComponentized,
    adapt,
    getAdapterFactory,
    getRegistry,
    implementer,
    provides,
    proxyForInterface,
    registerAdapter,
    verifyObject,
)


class IAmerican(Interface):
    """A socket of 120 V."""

    color: str = Attribute("The color.")

    def voltage(self) -> float:
        """Return the voltage."""


class IGrounded(Interface):
    """A socket with a ground."""


class ISafe(IGrounded, Interface):
    """A socket with a breaker."""


class IUk(Interface):
    """A socket of 240 V."""

    def voltage(self) -> float:
        """Return the voltage."""


@implementer(IAmerican)
class AmericanSocket:
    color = "white"

    def voltage(self) -> float:
        return 120.0


class UkSocket:
    def voltage(self) -> float:
        return 240.0


@implementer(IAmerican)
class Transformer(Adapter):
    color = "black"

    def voltage(self) -> float:
        return cast(float, self.original.voltage()) / 2


@pytest.fixture(autouse=True)
def _registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Forget what a test registered."""
    registry = getRegistry()
    before = set(registry.allRegistrations())
    yield
    for required, provided, name, _ in set(registry.allRegistrations()) - before:
        registry.unregister(required, provided, name)


class TestRegisterAdapter:
    def test_an_interface_that_is_called_makes_the_adapter(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican)
        adapter = cast(Any, IAmerican)(UkSocket())
        assert type(adapter) is Transformer
        assert adapter.voltage() == 120.0

    def test_adapt_makes_the_adapter(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican)
        assert adapt(IAmerican, UkSocket()).voltage() == 120.0

    def test_what_provides_the_interface_is_returned_itself(self) -> None:
        registerAdapter(Transformer, AmericanSocket, IAmerican)
        socket = AmericanSocket()
        assert adapt(IAmerican, socket) is socket

    def test_without_an_adapter_it_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Could not adapt"):
            cast(Any, IAmerican)(UkSocket())

    def test_subclasses_are_adapted_too(self) -> None:
        class Blue(UkSocket):
            pass

        registerAdapter(Transformer, UkSocket, IAmerican)
        assert adapt(IAmerican, Blue()).voltage() == 120.0

    def test_the_registration_of_a_subclass_is_the_one_that_counts(self) -> None:
        class Blue(UkSocket):
            pass

        class BlueTransformer(Transformer):
            pass

        registerAdapter(Transformer, UkSocket, IAmerican)
        registerAdapter(BlueTransformer, Blue, IAmerican)
        assert type(adapt(IAmerican, Blue())) is BlueTransformer
        assert type(adapt(IAmerican, UkSocket())) is Transformer

    def test_an_interface_can_be_adapted_from(self) -> None:
        @implementer(IUk)
        class Own:
            def voltage(self) -> float:
                return 238.0

        registerAdapter(Transformer, IUk, IAmerican)
        assert adapt(IAmerican, Own()).voltage() == 119.0

    def test_an_interface_that_extends_it_is_adapted_from_too(self) -> None:
        @implementer(ISafe)
        class Safe(UkSocket):
            pass

        registerAdapter(Transformer, IGrounded, IAmerican)
        assert type(adapt(IAmerican, Safe())) is Transformer

    def test_an_adapter_to_an_interface_serves_those_that_it_extends(self) -> None:
        @implementer(ISafe)
        class Breaker(Adapter):
            pass

        registerAdapter(Breaker, UkSocket, ISafe)
        assert type(adapt(IGrounded, UkSocket())) is Breaker

    def test_one_adapter_can_serve_several_interfaces(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican, IGrounded)
        assert type(adapt(IAmerican, UkSocket())) is Transformer
        assert type(adapt(IGrounded, UkSocket())) is Transformer

    def test_a_function_can_make_the_adapter(self) -> None:
        socket = AmericanSocket()
        registerAdapter(lambda original: socket, UkSocket, IAmerican)
        assert adapt(IAmerican, UkSocket()) is socket

    def test_a_function_that_returns_none_is_no_adapter(self) -> None:
        registerAdapter(lambda original: None, UkSocket, IAmerican)
        assert adapt(IAmerican, UkSocket(), "none") == "none"

    def test_plain_zope_interfaces_work_too(self) -> None:
        IPlain = zope.interface.interface.InterfaceClass("IPlain", (zope.interface.Interface,))
        registerAdapter(Transformer, UkSocket, IPlain)
        assert type(IPlain(UkSocket())) is Transformer

    def test_registering_twice_is_an_error_that_names_all_three(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican)
        with pytest.raises(ValueError, match=r"Transformer is already .*UkSocket to .*IAmerican"):
            registerAdapter(Transformer, UkSocket, IAmerican)

    def test_where_one_interface_is_refused_none_is_registered(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican)
        with pytest.raises(ValueError, match="already"):
            registerAdapter(Transformer, UkSocket, IGrounded, IAmerican)
        assert getAdapterFactory(UkSocket, IGrounded, None) is None

    def test_duplicates_can_be_allowed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Other(Transformer):
            pass

        registerAdapter(Transformer, UkSocket, IAmerican)
        monkeypatch.setattr(components, "ALLOW_DUPLICATES", True)
        registerAdapter(Other, UkSocket, IAmerican)
        assert type(adapt(IAmerican, UkSocket())) is Other

    def test_without_an_interface_it_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="at least one interface"):
            registerAdapter(Transformer, UkSocket)


class TestRegistry:
    def test_the_factory_is_found(self) -> None:
        registerAdapter(Transformer, UkSocket, IAmerican)
        assert getAdapterFactory(UkSocket, IAmerican, None) is Transformer

    def test_the_factory_of_a_base_class_is_found(self) -> None:
        class Blue(UkSocket):
            pass

        registerAdapter(Transformer, UkSocket, IAmerican)
        assert getAdapterFactory(Blue, IAmerican, None) is Transformer

    def test_without_a_factory_the_default_is_returned(self) -> None:
        assert getAdapterFactory(UkSocket, IAmerican, Transformer) is Transformer

    def test_a_registry_of_ones_own_can_be_hooked_in(self) -> None:
        registry = AdapterRegistry()
        registry.register([zope.interface.implementedBy(UkSocket)], IAmerican, "", Transformer)
        hook = components._addHook(registry)
        try:
            assert type(adapt(IAmerican, UkSocket())) is Transformer
        finally:
            components._removeHook(hook)
        assert adapt(IAmerican, UkSocket(), None) is None


class TestAdapter:
    def test_an_adapter_asks_its_original_for_what_it_lacks(self) -> None:
        socket = AmericanSocket()

        class Knowing(UkSocket):
            def __conform__(self, interface: object) -> object:
                return socket if interface is IAmerican else None

        assert adapt(IAmerican, Adapter(Knowing())) is socket

    def test_an_original_that_knows_nothing_is_not_asked(self) -> None:
        assert adapt(IAmerican, Adapter(UkSocket()), None) is None

    def test_isuper_is_the_originals(self) -> None:
        class Original:
            def isuper(self, iface: object, adapter: object) -> tuple[object, object]:
                return iface, adapter

        assert Adapter(Original()).isuper(1, 2) == (1, 2)


@implementer(IAmerican, IGrounded)
class Kept(Transformer):
    """Is kept, for both interfaces."""


@implementer(IGrounded)
class Passing(Adapter):
    temporaryAdapter = 1


class Appliance(Componentized, UkSocket):
    pass


class TestComponentized:
    def test_a_component_is_made_once(self) -> None:
        registerAdapter(Kept, Appliance, IAmerican)
        appliance = Appliance()
        assert adapt(IAmerican, appliance) is adapt(IAmerican, appliance)

    def test_a_temporary_adapter_is_made_each_time(self) -> None:
        registerAdapter(Passing, Appliance, IGrounded)
        appliance = Appliance()
        assert appliance.getComponent(IGrounded) is not appliance.getComponent(IGrounded)

    def test_a_component_is_found_for_each_interface_that_it_is_registered_for(self) -> None:
        registerAdapter(Kept, Appliance, IAmerican, IGrounded)
        appliance = Appliance()
        american: object = adapt(IAmerican, appliance)
        assert adapt(IGrounded, appliance) is american

    def test_a_component_that_wants_one_interface_only_is_made_again(self) -> None:
        class Single(Kept):
            multiComponent = 0

        registerAdapter(Single, Appliance, IAmerican, IGrounded)
        appliance = Appliance()
        american: object = adapt(IAmerican, appliance)
        assert adapt(IGrounded, appliance) is not american

    def test_without_an_adapter_the_default_is_returned(self) -> None:
        assert Appliance().getComponent(IAmerican) is None
        assert Appliance().getComponent(IAmerican, "none") == "none"

    def test_what_provides_the_interface_itself_is_no_component(self) -> None:
        @implementer(IGrounded)
        class Grounded(Componentized):
            pass

        grounded = Grounded()
        component: object = grounded.getComponent(IGrounded)
        assert component is grounded
        assert grounded.removeComponent(grounded) == []

    def test_a_component_can_be_set(self) -> None:
        appliance, socket = Appliance(), AmericanSocket()
        appliance.setComponent(IAmerican, socket)
        assert adapt(IAmerican, appliance) is socket

    def test_an_adapter_can_be_set(self) -> None:
        appliance = Appliance()
        appliance.setAdapter(IAmerican, Transformer)
        assert adapt(IAmerican, appliance).voltage() == 120.0

    def test_an_added_component_serves_what_its_class_is_registered_for(self) -> None:
        registerAdapter(Kept, Appliance, IAmerican)
        appliance = Appliance()
        kept = Kept(appliance)
        appliance.addComponent(kept)
        assert appliance.getComponent(IAmerican) is kept
        assert appliance.getComponent(IGrounded) is None

    def test_an_added_component_serves_all_that_it_provides_if_the_class_is_ignored(self) -> None:
        appliance = Appliance()
        kept = Kept(appliance)
        appliance.addComponent(kept, ignoreClass=1)
        american: object = appliance.getComponent(IAmerican)
        grounded: object = appliance.getComponent(IGrounded)
        assert american is kept
        assert grounded is kept

    def test_an_added_adapter_is_returned(self) -> None:
        appliance = Appliance()
        kept = appliance.addAdapter(Kept, ignoreClass=1)
        assert kept.original is appliance
        assert appliance.getComponent(IAmerican) is kept

    def test_a_component_can_be_forgotten_for_one_interface(self) -> None:
        appliance = Appliance()
        kept = appliance.addAdapter(Kept, ignoreClass=1)
        appliance.unsetComponent(IAmerican)
        grounded: object = appliance.getComponent(IGrounded)
        assert appliance.getComponent(IAmerican) is None
        assert grounded is kept

    def test_a_component_that_is_not_there_cannot_be_forgotten(self) -> None:
        with pytest.raises(KeyError):
            Appliance().unsetComponent(IAmerican)

    def test_a_component_can_be_removed(self) -> None:
        appliance = Appliance()
        kept = appliance.addAdapter(Kept, ignoreClass=1)
        assert set(appliance.removeComponent(kept)) == {IAmerican, IGrounded}
        assert appliance.getComponent(IAmerican) is None

    def test_the_class_of_adapters_is_located(self) -> None:
        registerAdapter(Kept, Appliance, IAmerican)
        assert Appliance().locateAdapterClass(Appliance, IAmerican, None) is Kept

    def test_its_repr_lists_its_components(self) -> None:
        componentized = ReprableComponentized()
        componentized.setComponent(IAmerican, "a socket")
        assert repr(componentized) == (
            "<twisted.python._componentized.ReprableComponentized with components "
            "{IAmerican: 'a socket'}>"
        )

    def test_components_can_be_pickled_with_it(self) -> None:
        componentized = Componentized()
        componentized.setComponent(IAmerican, "a socket")
        again = pickle.loads(pickle.dumps(componentized))
        assert again.getComponent(IAmerican) == "a socket"


class TestProxyForInterface:
    def test_methods_are_handed_on(self) -> None:
        assert proxyForInterface(IAmerican)(AmericanSocket()).voltage() == 120.0

    def test_attributes_are_read_written_and_deleted_in_the_original(self) -> None:
        socket = AmericanSocket()
        proxy = proxyForInterface(IAmerican)(socket)
        proxy.color = "red"
        assert socket.color == proxy.color == "red"
        del proxy.color
        assert socket.color == "white"

    def test_a_proxy_provides_the_interface(self) -> None:
        proxy = proxyForInterface(IAmerican)(AmericanSocket())
        assert provides(IAmerican, proxy)
        assert verifyObject(IAmerican, proxy)

    def test_what_the_interface_does_not_name_is_not_handed_on(self) -> None:
        proxy = proxyForInterface(IGrounded)(cast(Any, AmericanSocket()))
        assert not hasattr(proxy, "voltage")

    def test_members_of_the_interfaces_that_it_extends_are_handed_on(self) -> None:
        class IDimmable(IAmerican, Interface):
            """A socket that can be dimmed."""

        assert proxyForInterface(IDimmable)(AmericanSocket()).voltage() == 120.0

    def test_a_subclass_overrides_and_calls_the_original(self) -> None:
        base: Any = proxyForInterface(IAmerican)

        class Half(base):  # type: ignore[misc]  # the base is made at run time
            def voltage(self) -> float:
                return cast(float, super().voltage()) / 2

        class Quarter(base):  # type: ignore[misc]  # as above
            def voltage(self) -> float:
                return cast(float, base.voltage(self)) / 4

        assert Half(AmericanSocket()).voltage() == 60.0
        assert Quarter(AmericanSocket()).voltage() == 30.0

    def test_the_attribute_for_the_original_can_be_chosen(self) -> None:
        socket = AmericanSocket()
        proxy = proxyForInterface(IAmerican, "socket")(socket)
        assert cast(Any, proxy).socket is socket
        assert proxy.voltage() == 120.0

    def test_the_class_is_named_after_the_interface(self) -> None:
        assert "IAmerican" in repr(proxyForInterface(IAmerican))
