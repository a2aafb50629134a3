"""Application: the root of a tree of services."""

from twisted.application.service import (
    Application,
    IProcess,
    IService,
    IServiceCollection,
    Process,
    Service,
)
from twisted.python.components import Attribute, Interface, adapt, implementer, verifyObject


class IWeather(Interface):
    """Something that an application may hold."""

    temperature: int = Attribute("In degrees.")


@implementer(IWeather)
class Fair:
    """A component."""

    temperature = 20


def test_application_is_a_named_service_without_children() -> None:
    application = Application("demo")
    assert adapt(IService, application).name == "demo"
    assert list(adapt(IServiceCollection, application)) == []


def test_service_and_collection_are_the_same_object() -> None:
    application = Application("demo")
    service: object = adapt(IService, application)
    assert adapt(IServiceCollection, application) is service


def test_application_is_the_parent_of_services() -> None:
    application, service = Application("demo"), Service()
    service.setServiceParent(application)
    assert list(adapt(IServiceCollection, application)) == [service]
    adapt(IService, application).startService()
    assert service.running


def test_application_knows_the_user_and_the_group() -> None:
    process = adapt(IProcess, Application("demo", uid=1, gid=2))
    assert (process.uid, process.gid, process.processName) == (1, 2, None)


def test_process_changes_nothing_unless_asked() -> None:
    process = Process()
    assert verifyObject(IProcess, process)
    assert (process.uid, process.gid) == (None, None)


def test_component_that_was_set_is_found() -> None:
    application, fair = Application("demo"), Fair()
    application.setComponent(IWeather, fair)
    assert adapt(IWeather, application) is fair
    assert application.getComponent(IWeather) is fair
