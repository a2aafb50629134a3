"""The reactors for toolkits on the real GTK, wx and Tk, on an X server that shows nothing."""

from collections.abc import Iterator

import pytest

from .debian_python import display, require, runProgram

IMPORTS = {
    "gtk3": (
        "import gi; gi.require_version('Gtk', '3.0'); import gi.repository.Gtk",
        "gir1.2-gtk-3.0",
    ),
    "wx": ("import wx", "python3-wxgtk4.0"),
    "tk": ("import tkinter", "python3-tk"),
}


@pytest.fixture(scope="module")
def screen() -> Iterator[str]:
    with display() as name:
        yield name


@pytest.fixture(params=["gtk3", "wx"])
def kind(request: pytest.FixtureRequest) -> str:
    """A kind of reactor with a toolkit."""
    chosen: str = request.param
    require(*IMPORTS[chosen])
    return chosen


# Everything that the table of reactors promises: TCP, TLS, UDP, processes, threads, times.
EVERYTHING = """
from twisted.internet._reactorchoice import installReactor
reactor = installReactor({kind!r})
from twisted.internet import defer, endpoints, protocol, ssl, task, threads, utils

class Echo(protocol.Protocol):
    def dataReceived(self, data):
        self.transport.write(data)

class Ask(protocol.Protocol):
    def __init__(self, words):
        self.words = words
        self.answer = defer.Deferred()
    def connectionMade(self):
        self.transport.write(self.words)
    def dataReceived(self, data):
        self.transport.loseConnection()
        self.answer.callback(data.decode())

class Datagrams(protocol.DatagramProtocol):
    def __init__(self):
        self.answer = defer.Deferred()
    def datagramReceived(self, data, addr):
        self.answer.callback(data.decode())

async def main():
    port = await endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(
        protocol.Factory.forProtocol(Echo))
    endpoint = endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
    print(await (await endpoints.connectProtocol(endpoint, Ask(b"over TCP"))).answer)
    certificate = ssl.KeyPair.generate().selfSignedCert(1, CN="localhost")
    secure = reactor.listenSSL(
        0, protocol.Factory.forProtocol(Echo), certificate.options(), interface="127.0.0.1")
    wrapped = endpoints.wrapClientTLS(
        ssl.optionsForClientTLS("localhost", trustRoot=ssl.Certificate(certificate.original)),
        endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", secure.getHost().port))
    print(await (await endpoints.connectProtocol(wrapped, Ask(b"over TLS"))).answer)
    datagrams = Datagrams()
    udp = reactor.listenUDP(0, datagrams, interface="127.0.0.1")
    udp.write(b"over UDP", ("127.0.0.1", udp.getHost().port))
    print(await datagrams.answer)
    print((await utils.getProcessOutput("/bin/echo", ["by a process"])).decode().strip())
    print(await threads.deferToThread(lambda: "by a thread"))
    print(await task.deferLater(reactor, 0.01, lambda: "later"))

def once():
    defer.ensureDeferred(main()).addBoth(lambda result: (result and print(result), reactor.stop()))

for _ in range(2):
    reactor.callWhenRunning(once)
    reactor.run()
print(type(reactor).__name__)
"""


def test_all_that_a_reactor_does_and_once_more(kind: str, screen: str) -> None:
    lines = runProgram(EVERYTHING.format(kind=kind), DISPLAY=screen).splitlines()
    once = ["over TCP", "over TLS", "over UDP", "by a process", "by a thread", "later"]
    name = {"gtk3": "Gtk3Reactor", "wx": "WxReactor"}[kind]
    assert lines == [*once, *once, name]


def test_all_that_a_reactor_does_without_a_display() -> None:
    require("import gi.repository.GLib", "python3-gi")
    lines = runProgram(EVERYTHING.format(kind="gi"), DISPLAY="").splitlines()
    assert lines[-1] == "GIReactor"


def test_a_signal_stops_it(kind: str, screen: str) -> None:
    program = f"""
import os, signal
from twisted.internet._reactorchoice import installReactor
reactor = installReactor({kind!r})
reactor.addSystemEventTrigger("before", "shutdown", print, "shutdown")
reactor.callLater(0.01, os.kill, os.getpid(), signal.SIGINT)
reactor.run()
print(reactor._exitSignal == signal.SIGINT)
"""
    assert runProgram(program, DISPLAY=screen) == "shutdown\nTrue\n"


def test_a_button_of_gtk_and_a_window_that_is_closed(screen: str) -> None:
    require(*IMPORTS["gtk3"])
    program = """
from twisted.internet import gtk3reactor
gtk3reactor.install()
from twisted.internet import reactor
from gi.repository import Gtk

application = Gtk.Application(application_id="org.example.tw")

def activated(application):
    window = Gtk.ApplicationWindow(application=application)
    button = Gtk.Button(label="press")
    button.connect("clicked", lambda button: reactor.callLater(0, pressed, window))
    window.add(button)
    window.show_all()
    reactor.callLater(0.01, button.clicked)

def pressed(window):
    print("pressed")
    window.close()

application.connect("activate", activated)
reactor.registerGApplication(application)
reactor.addSystemEventTrigger("after", "shutdown", print, "shutdown")
reactor.run()
print("returned")
"""
    # Without a bus the application is the only one of its kind, which is what a test wants.
    assert (
        runProgram(program, DISPLAY=screen, DBUS_SESSION_BUS_ADDRESS="disabled:", NO_AT_BRIDGE="1")
        == "pressed\nshutdown\nreturned\n"
    )


def test_gtk_main_quit_stops_it(screen: str) -> None:
    require(*IMPORTS["gtk3"])
    program = """
from twisted.internet import gtk3reactor
gtk3reactor.install()
from twisted.internet import reactor
from gi.repository import Gtk
reactor.callLater(0.01, Gtk.main_quit)
reactor.addSystemEventTrigger("after", "shutdown", print, "shutdown")
reactor.run()
"""
    assert runProgram(program, DISPLAY=screen, NO_AT_BRIDGE="1") == "shutdown\n"


def test_connections_live_on_while_a_dialog_waits(screen: str) -> None:
    require(*IMPORTS["gtk3"])
    program = """
from twisted.internet import gtk3reactor
gtk3reactor.install()
from twisted.internet import reactor
from gi.repository import Gtk

def ask():
    dialog = Gtk.MessageDialog(text="?", buttons=Gtk.ButtonsType.OK)
    reactor.callLater(0.01, dialog.response, Gtk.ResponseType.OK)
    print(dialog.run() == Gtk.ResponseType.OK)
    reactor.stop()

reactor.callLater(0, ask)
reactor.run()
"""
    assert runProgram(program, DISPLAY=screen, NO_AT_BRIDGE="1") == "True\n"


def test_a_window_of_wx(screen: str) -> None:
    require(*IMPORTS["wx"])
    program = """
from twisted.internet import wxreactor
wxreactor.install()
from twisted.internet import reactor
import wx

application = wx.App(False)
frame = wx.Frame(None, title="tw")
frame.Show()
reactor.registerWxApp(application)
# An event of wx calls the reactor, and the reactor closes the window.
wx.CallLater(10, lambda: reactor.callLater(0, frame.Close))
frame.Bind(wx.EVT_CLOSE, lambda event: (print("closed"), event.Skip()))
reactor.addSystemEventTrigger("after", "shutdown", print, "shutdown")
reactor.run()
print("returned")
"""
    assert runProgram(program, DISPLAY=screen) == "closed\nshutdown\nreturned\n"


def test_wx_beside_an_ordinary_reactor(screen: str) -> None:
    require(*IMPORTS["wx"])
    program = """
from twisted.internet import reactor, wxsupport
import wx

application = wx.App(False)
frame = wx.Frame(None, title="tw")
frame.Show()
wxsupport.install(application)
wx.CallLater(10, lambda: (print("wx runs"), reactor.callLater(0, frame.Close)))
reactor.run()
print(reactor.__class__.__name__)
"""
    assert runProgram(program, DISPLAY=screen) == "wx runs\nEPollReactor\n"


def test_tk_beside_an_ordinary_reactor(screen: str) -> None:
    require(*IMPORTS["tk"])
    program = """
import tkinter
from twisted.internet import reactor, tksupport

root = tkinter.Tk()
tksupport.install(root, ms=5)

def close():
    print("tk runs")
    # What the window manager does when the user closes the window.
    root.tk.eval(root.protocol("WM_DELETE_WINDOW"))

root.after(10, lambda: reactor.callLater(0, close))
reactor.addSystemEventTrigger("before", "shutdown", print, "shutdown")
reactor.run()
try:
    root.winfo_exists()
except tkinter.TclError:
    print("the window is gone")
"""
    assert runProgram(program, DISPLAY=screen) == "tk runs\nshutdown\nthe window is gone\n"


def test_tk_is_left_alone_after_uninstall(screen: str) -> None:
    require(*IMPORTS["tk"])
    program = """
import tkinter
from twisted.internet import reactor, tksupport

root = tkinter.Tk()
tksupport.install(root, ms=1)
tksupport.uninstall()
tksupport.uninstall()
root.after(1, print, "tk runs")
reactor.callLater(0.05, reactor.stop)
reactor.run()
print(len(reactor.getDelayedCalls()))
"""
    assert runProgram(program, DISPLAY=screen) == "0\n"


def test_a_tk_window_that_is_destroyed_stops_the_reactor(screen: str) -> None:
    require(*IMPORTS["tk"])
    program = """
import tkinter
from twisted.internet import reactor, tksupport

root = tkinter.Tk()
tksupport.install(root, ms=1)
reactor.callLater(0.01, root.destroy)
reactor.run()
print("returned")
"""
    assert runProgram(program, DISPLAY=screen) == "returned\n"


def test_a_password_is_asked_for(screen: str) -> None:
    require(*IMPORTS["tk"])
    program = """
import tkinter
from twisted.internet import tksupport

root = tkinter.Tk()
answers = iter(["secret", "other", "secret", "secret"])

def answer():
    # The dialog that waits: its one entry, and its button.
    for window in root.winfo_children():
        if isinstance(window, tkinter.Toplevel):
            window.entry.insert(0, next(answers))
            print(window.entry.cget("show"))
            window.ok()
    root.after(50, answer)

root.after(50, answer)
print(tksupport.getPassword("?", confirm=True))
"""
    assert runProgram(program, DISPLAY=screen) == "*\n*\n*\n*\nsecret\n"
