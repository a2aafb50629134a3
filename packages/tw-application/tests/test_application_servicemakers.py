"""ServiceMaker: a plugin that imports its module only when it is chosen."""

import sys
from pathlib import Path

import pytest

from twisted.application.service import IServiceMaker, Service, ServiceMaker
from twisted.plugin import IPlugin
from twisted.python.components import provides, verifyObject

MODULE = """\
from twisted.application.service import Service
from twisted.python.usage import Options as Base


class Options(Base):
    optParameters = [["port", "p", "1079", "The port."]]


def makeService(options):
    service = Service()
    service.setName("on port " + options["port"])
    return service
"""


@pytest.fixture
def maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ServiceMaker:
    """A maker whose module is there to be imported."""
    (tmp_path / "servicemakersample.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "servicemakersample", raising=False)
    return ServiceMaker("Sample", "servicemakersample", "A sample.", "sample")


def test_maker_is_a_plugin_that_makes_services(maker: ServiceMaker) -> None:
    assert provides(IPlugin, maker)
    assert verifyObject(IServiceMaker, maker)


def test_maker_tells_what_it_is_without_importing(maker: ServiceMaker) -> None:
    assert (maker.name, maker.description, maker.tapname) == ("Sample", "A sample.", "sample")
    assert maker.module == "servicemakersample"
    assert "servicemakersample" not in sys.modules


def test_module_reads_the_options_and_makes_the_service(maker: ServiceMaker) -> None:
    options = maker.options()
    options.parseOptions(["-p", "79"])
    service = maker.makeService(options)
    assert isinstance(service, Service)
    assert service.name == "on port 79"


def test_module_that_is_missing_is_named() -> None:
    maker = ServiceMaker("Sample", "no_such_package.tap", "A sample.", "sample")
    with pytest.raises(Exception, match="no_such_package"):
        maker.options()
