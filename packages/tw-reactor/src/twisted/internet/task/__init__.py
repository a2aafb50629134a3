"""Things that happen over time: loops, later calls, long work in steps, and whole programs."""

from twisted.internet.task._clock import Clock
from twisted.internet.task._cooperator import (
    CooperativeTask,
    Cooperator,
    NotPaused,
    SchedulerError,
    SchedulerStopped,
    TaskDone,
    TaskFailed,
    TaskFinished,
    TaskStopped,
    coiterate,
    cooperate,
)
from twisted.internet.task._deferlater import deferLater
from twisted.internet.task._loopingcall import LoopingCall
from twisted.internet.task._react import react

__all__ = [
    "Clock",
    "CooperativeTask",
    "Cooperator",
    "LoopingCall",
    "NotPaused",
    "SchedulerError",
    "SchedulerStopped",
    "TaskDone",
    "TaskFailed",
    "TaskFinished",
    "TaskStopped",
    "coiterate",
    "cooperate",
    "deferLater",
    "react",
]
