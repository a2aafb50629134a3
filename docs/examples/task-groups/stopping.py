"""A group that runs until one of its children has seen enough."""

from dummy_service import dummyFetch

from twisted.internet.defer import TaskGroup
from twisted.internet.task import react


async def fetchFirst(group: TaskGroup, name: str, seconds: float) -> None:
    """Fetch, and stop all the others."""
    print(await dummyFetch(name, seconds))
    group.cancel()


async def main(reactor: object) -> None:
    async with TaskGroup() as group:
        group.createTask(fetchFirst(group, "far mirror", 60))
        group.createTask(fetchFirst(group, "near mirror", 0.1))
    print("done")


react(main)
