"""Send a copy of an open descriptor through a UNIX socket."""

import os
from socket import SOL_SOCKET, socketpair
from struct import pack, unpack

from twisted.python.sendmsg import SCM_RIGHTS, recvmsg, sendmsg

here, there = socketpair()
reader, writer = os.pipe()
with here, there:
    # At least one byte has to go along with it.
    sendmsg(here, b"\0", [(SOL_SOCKET, SCM_RIGHTS, pack("i", reader))])
    message = recvmsg(there)

# The copy has a number of its own, and reads from the same pipe.
(_, _, descriptors) = message.ancillary[0]
(duplicate,) = unpack("i", descriptors)
os.write(writer, b"Hello, world")
print("Read from the original:", os.read(reader, 6))
print("Read from the duplicate:", os.read(duplicate, 6))

for descriptor in (reader, writer, duplicate):
    os.close(descriptor)
