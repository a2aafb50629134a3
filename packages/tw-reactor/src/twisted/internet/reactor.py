"""The default reactor of this process.

Importing this installs nothing: it is a stand-in until it is used for the first time, or until a
reactor was installed (`twisted.internet.main.installReactor`, `install()` of the module of a
reactor). To a type checker it is a module that has the methods of a reactor as its functions, so
it can be passed where a reactor is asked for.
"""

import sys
from typing import TYPE_CHECKING

from twisted.internet._reactorinstall import standIn

if TYPE_CHECKING:
    from twisted.internet.interfaces import IHostnameResolver
    from twisted.internet.selectreactor import SelectReactor

    _reactor = SelectReactor()

    running: bool
    nameResolver: IHostnameResolver

    addReader = _reactor.addReader
    addSystemEventTrigger = _reactor.addSystemEventTrigger
    addWriter = _reactor.addWriter
    callFromThread = _reactor.callFromThread
    callInThread = _reactor.callInThread
    callLater = _reactor.callLater
    callWhenRunning = _reactor.callWhenRunning
    connectSSL = _reactor.connectSSL
    connectTCP = _reactor.connectTCP
    crash = _reactor.crash
    fireSystemEvent = _reactor.fireSystemEvent
    getDelayedCalls = _reactor.getDelayedCalls
    getReaders = _reactor.getReaders
    getThreadPool = _reactor.getThreadPool
    getWriters = _reactor.getWriters
    installNameResolver = _reactor.installNameResolver
    installResolver = _reactor.installResolver
    iterate = _reactor.iterate
    listenSSL = _reactor.listenSSL
    listenTCP = _reactor.listenTCP
    removeAll = _reactor.removeAll
    removeReader = _reactor.removeReader
    removeSystemEventTrigger = _reactor.removeSystemEventTrigger
    removeWriter = _reactor.removeWriter
    resolve = _reactor.resolve
    run = _reactor.run
    seconds = _reactor.seconds
    startRunning = _reactor.startRunning
    stop = _reactor.stop
    suggestThreadPoolSize = _reactor.suggestThreadPoolSize

standIn(sys.modules[__name__])
