"""The example of the how-to about inspection: stuck.py, with its plugin stuck_plugin.py."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .running import ROOT, TWIST, run, running

EXAMPLES = ROOT / "docs" / "examples" / "inspecting"
INSPECT = str(Path(sys.executable).parent / "twisted-inspect")
HOW_TO = (ROOT / "docs" / "howto" / "inspecting.md").read_text()


@pytest.fixture
def ask(tmp_path: Path) -> Callable[..., str]:
    """Asks the service."""

    def ask(*words: str) -> str:
        status, out, err = run(
            [INSPECT, *words[:-1], str(tmp_path / "inspect"), *words[-1].split()]
        )
        assert (status, err) == (0, "")
        return out

    return ask


def test_service_says_what_it_waits_for(tmp_path: Path, ask: Callable[..., str]) -> None:
    with running([TWIST, f"--inspect={tmp_path / 'inspect'}", "stuck"], EXAMPLES) as service:
        service.waitFor(lambda text: "has started" in text)
        assert ask("services") in HOW_TO
        lines = ask("waiting").splitlines()
        shown = HOW_TO.split("stuck.inspect waiting\n")[1].split("```")[0].splitlines()
        for line in shown:
            # Without the callers, which are the same but for their directories.
            beginning = line.partition(" < ")[0].replace("(stuck.py", f"({EXAMPLES}/stuck.py")
            assert any(each.startswith(beginning) for each in lines), (beginning, lines)
        assert json.loads(ask("--json", "services"))[0]["name"] == "reader"
        assert ask("connections").count("InspectionService") == 0
        assert str(tmp_path / "inspect") in ask("ports")
        assert ask("level stuck debug") in HOW_TO
        assert service.stop() == 0
    assert list(tmp_path.iterdir()) == []
