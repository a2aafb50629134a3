"""`python -m twisted` is the command `twist`."""

from twisted.application.twist import run

if __name__ == "__main__":
    run()
