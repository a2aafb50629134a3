"""What a type checker knows of protocols and factories; read by mypy and pyright, never run."""

from typing import assert_type

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import (
    IAddress,
    ILoggingContext,
    IProcessProtocol,
    IProtocol,
    IProtocolFactory,
    ITransport,
)
from twisted.internet.protocol import (
    ClientFactory,
    Factory,
    FileWrapper,
    ProcessProtocol,
    Protocol,
    ServerFactory,
)


class Echo(Protocol):
    """A protocol as users write them."""

    def dataReceived(self, data: bytes) -> None:
        self.transport.write(data)


class EchoFactory(Factory[Echo]):
    """A factory that says what it builds."""

    protocol = Echo


class PlainFactory(Factory):
    """A factory as users have written them for ever."""

    protocol = Echo


class BuildingFactory(ServerFactory):
    """A factory that builds by itself."""

    def buildProtocol(self, addr: IAddress | None) -> IProtocol | None:
        return Echo()


class GreetingFactory(ClientFactory[Echo]):
    """A factory with an argument."""

    def __init__(self, greeting: str) -> None:
        self.greeting = greeting


def protocolsProvide(protocol: Protocol) -> tuple[IProtocol, ILoggingContext]:
    return protocol, protocol


def factoriesProvide(
    factory: EchoFactory, plain: PlainFactory
) -> tuple[IProtocolFactory, IProtocolFactory]:
    return factory, plain


def aFactoryOfEchoesIsAFactory(factory: EchoFactory) -> Factory:
    return factory


def processProtocolsProvide(protocol: ProcessProtocol) -> IProcessProtocol:
    return protocol


def addressesProvide(address: IPv4Address) -> IAddress:
    return address


def file(wrapper: FileWrapper) -> ITransport:
    return wrapper


def built(address: IAddress) -> None:
    assert_type(EchoFactory().buildProtocol(address), Echo | None)
    assert_type(PlainFactory().buildProtocol(address), IProtocol | None)
    assert_type(EchoFactory.forProtocol(Echo), EchoFactory)
    assert_type(GreetingFactory.forProtocol(Echo, "hello"), GreetingFactory)


def factoryOfEchoes() -> Factory:
    return Factory.forProtocol(Echo)


def clientFactory() -> ClientFactory:
    return ClientFactory.forProtocol(Echo)
