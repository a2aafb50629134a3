"""The transports over the operating system's sockets, one kind to a room.

- `_addressing`, `_scopes`: literals, the links that some of them belong to, and the addresses that
  the socket functions give and take;
- `_filedescriptor`: what every transport over a descriptor does: gather, send, wait, close;
- `_baseport`: what all ports share: opening, stopping and closing;
- `_streamconnection`, `_streamport`, `_baseconnector`: what all kinds of stream sockets share: a
  connection, a port that accepts them, an attempt to connect and its repetition;
- `_closewatch`: the limit of the time for which a peer may hold up the end of a connection;
- `_filequeue`, `_filesource`: files that a connection sends;
- `_connection`, `_port`, `_connector`: TCP;
- `_unixconnection`, `_unixport`, `_unixconnector`: UNIX stream sockets, and descriptors that travel
  over them;
- `_datagramport`: what all kinds of datagram sockets share;
- `_udpport`, `_multicastport`: UDP, alone and with groups;
- `_unixdatagramport`: UNIX datagrams;
- `_opening`: what a reactor adds, `listenTCP` and the others;
- `_unixnames`, `_unixbinding`, `_unixnamedport`: paths and abstract names of UNIX sockets, the locks
  beside them, sockets that are bound to them, and what ports with such a name share;
- `_handedover`: sockets that another process has left for ports that are opened here.
"""
