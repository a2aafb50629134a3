"""The notice board with Tk, on whatever reactor: `notices_tk.py tcp:0:interface=127.0.0.1`."""

import sys
import tkinter

from twisted.internet import reactor, tksupport

from notices import listen

window = tkinter.Tk()
window.title("Notices")
label = tkinter.Label(window, text="nothing yet")
label.pack()


def show(text):
    """Show a text, and return what the window says now."""
    label["text"] = text
    return label["text"]


listen(reactor, sys.argv[1], show)
# When the window is closed the reactor stops.
tksupport.install(window)
reactor.run()
