"""One of three fails: the others are cancelled, and the errors come together."""

from dummy_service import ServiceDown, dummyFetch

from twisted.internet.defer import TaskGroup
from twisted.internet.task import react


async def main(reactor: object) -> None:
    try:
        async with TaskGroup() as group:
            group.createTask(dummyFetch("weather", 60))
            group.createTask(dummyFetch("broken", 0.1))
            group.createTask(dummyFetch("news", 60))
    except* ServiceDown as errors:
        print("down:", *errors.exceptions)
    print("nothing of it runs any more")


react(main)
