"""Application: the root of a tree of services."""

from pathlib import Path

import pytest

from twisted.application.service import (
    Application,
    IProcess,
    IService,
    IServiceCollection,
    Process,
    Service,
    loadApplication,
)
from twisted.persisted.sob import IPersistable
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


def test_application_with_its_services_is_saved_and_loaded(tmp_path: Path) -> None:
    application, service = Application("demo", uid=1), Service()
    service.setName("child")
    service.setServiceParent(application)
    adapt(IPersistable, application).save(filename=tmp_path / "demo.tap")
    again = loadApplication(tmp_path / "demo.tap", "pickle")
    assert [child.name for child in adapt(IServiceCollection, again)] == ["child"]
    assert adapt(IService, again).name == "demo"
    assert adapt(IProcess, again).uid == 1


def test_application_is_loaded_from_a_program(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text(
        "from twisted.application.service import Application\napplication = Application(__file__)\n"
    )
    assert adapt(IService, loadApplication(tac, "python")).name == str(tac)


def test_program_without_an_application_is_an_error(tmp_path: Path) -> None:
    tac = tmp_path / "demo.tac"
    tac.write_text("app = 1\n")
    with pytest.raises(KeyError):
        loadApplication(tac, "python")


def test_passphrase_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not encrypted"):
        loadApplication(tmp_path / "demo.tap", "pickle", "secret")  # type: ignore[arg-type]  # only None will do
