"""The types of endpoint descriptions that are always there."""

from twisted.internet.endpoints._parsers import TCPClientParser, TCPServerParser

tcpServer = TCPServerParser("tcp", 4)
tcp4Server = TCPServerParser("tcp4", 4)
tcp6Server = TCPServerParser("tcp6", 6)

tcpClient = TCPClientParser("tcp", None)
tcp4Client = TCPClientParser("tcp4", 4)
tcp6Client = TCPClientParser("tcp6", 6)
