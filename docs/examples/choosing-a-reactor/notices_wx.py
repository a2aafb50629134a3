"""The notice board with wxPython: `notices_wx.py tcp:0:interface=127.0.0.1`."""

import sys

from twisted.internet import wxreactor

wxreactor.install()

import wx

from twisted.internet import reactor

from notices import listen

application = wx.App(False)
window = wx.Frame(None, title="Notices")
label = wx.StaticText(window, label="nothing yet")
window.Show()


def show(text):
    """Show a text, and return what the window says now."""
    label.SetLabel(text)
    return label.GetLabel()


listen(reactor, sys.argv[1], show)
# When the window is closed the main loop of wx ends, and the reactor stops with it.
reactor.registerWxApp(application)
reactor.run()
