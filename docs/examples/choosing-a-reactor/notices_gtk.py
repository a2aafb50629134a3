"""The notice board with GTK 3: `notices_gtk.py tcp:0:interface=127.0.0.1`."""

import sys

from twisted.internet import gtk3reactor

gtk3reactor.install()

from gi.repository import Gtk

from twisted.internet import reactor

from notices import listen

application = Gtk.Application(application_id="org.example.notices")


def activated(application):
    """Open the window, and the port."""
    label = Gtk.Label(label="nothing yet")
    window = Gtk.ApplicationWindow(application=application, title="Notices")
    window.add(label)
    window.show_all()

    def show(text):
        label.set_text(text)
        return label.get_text()

    listen(reactor, sys.argv[1], show)


application.connect("activate", activated)
# When the window is closed the application quits, and the reactor stops with it.
reactor.registerGApplication(application)
reactor.run()
