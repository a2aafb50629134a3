"""Send bytes with sendmsg and receive them with recvmsg, as send and recv would do it."""

from socket import socketpair

from twisted.python.sendmsg import recvmsg, sendmsg

here, there = socketpair()
with here, there:
    print("Sent", sendmsg(here, b"Hello, world"), "bytes")
    message = recvmsg(there, maxSize=1024)
    print("Received", message.data)
    print("Extra stuff, boring in this case:", message.flags, message.ancillary)
