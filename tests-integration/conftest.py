"""Fixtures that several integration tests share, and which of the tests may run beside others."""

import shutil
import sys
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling, Scheduling

from .small_house import SmallHouse

# What the documentation's examples import is not installed.
sys.path.append(str(Path(__file__).parent.parent / "docs" / "examples" / "finger"))

# The tests that serve nothing on ports that were free a moment ago, and measure nothing: they run
# one by one in one process (`dev.py parallel-integration`), and all the others in a second one.
# The session's house is among them, so it is built once.
QUIET = (
    "test_bench_figures",
    "test_compat_installs",
    "test_examples_calculus",
    "test_examples_components",
    "test_examples_constants",
    "test_examples_interfaces",
    "test_examples_simulation",
    "test_examples_testing",
    "test_examples_trial",
    "test_gates_commands",
    "test_gates_compiled",
    "test_gates_contracts",
    "test_gates_documents",
    "test_gates_lint",
    "test_gates_repository",
    "test_gates_types",
    "test_gates_version",
    "test_gates_wheels",
    "test_plugin_installs",
    "test_plugin_materials",
    "test_simulated_seeds",
    "test_trial_published",
    "test_types_interface",
)


class QuietBesideOthers(LoadScopeScheduling):
    """Gives the quiet tests to one process, and all the others to the second."""

    def _split_scope(self, nodeid: str) -> str:
        return "quiet" if Path(nodeid.partition("::")[0]).stem in QUIET else "others"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Say which process runs which test, where `--dist loadscope` asks for it."""
    return QuietBesideOthers(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """A small repository with the real tools, in which the gates pass until a fault is planted."""
    if shutil.which("hatch") is None:
        pytest.skip("hatch is not on PATH: run the tests by tools/dev.py")
    root: Path = tmp_path_factory.mktemp("house")
    found = SmallHouse(root)
    found.build()
    return found
