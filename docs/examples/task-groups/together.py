"""Two coroutines at the same time, and their results."""

from dummy_service import dummyFetch

from twisted.internet.defer import TaskGroup
from twisted.internet.task import react


async def main(reactor: object) -> None:
    async with TaskGroup() as group:
        weather = group.createTask(dummyFetch("weather", 0.2))
        news = group.createTask(dummyFetch("news", 0.1))
        print("both are on their way")
    # Here both have ended.
    print(await weather)
    print(await news)


react(main)
