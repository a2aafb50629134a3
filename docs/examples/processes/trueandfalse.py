"""Run two programs and print their exit statuses: python trueandfalse.py."""

from twisted.internet.task import react
from twisted.internet.utils import getProcessValue


async def main(reactor: object) -> None:
    for program in ("/bin/true", "/bin/false"):
        print(program, "exits with status", await getProcessValue(program))


if __name__ == "__main__":
    react(main)
