"""The command `twist`; see twist(1)."""

from twisted.application.twist import run

__all__ = ["run"]

if __name__ == "__main__":
    run()
