"""Import each named module in a process of its own, and print what could not be imported.

Runs on the Python of the environment that is checked, so it uses the standard library alone. Each
module is the first that its process imports: a circle of imports that only works from one side
shows. Reads the names from standard input, one a line; prints `MODULE<tab>ERROR` lines.
"""

import importlib
import os
import sys


def attempt(module: str) -> None:
    """Import a module in a child process, which prints the error if there is one."""
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(module)
        except BaseException as error:
            text = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"{module}\t{text}", flush=True)
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    if status:
        print(f"{module}\tthe process died with status {status}", flush=True)


if __name__ == "__main__":
    for name in sys.stdin.read().split():
        attempt(name)
