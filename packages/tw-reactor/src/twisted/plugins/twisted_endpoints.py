"""The types of endpoint descriptions that are always there."""

from twisted.internet.endpoints._inherited import DescriptorServerParser, SystemdServerParser
from twisted.internet.endpoints._parsers import TCPClientParser, TCPServerParser
from twisted.internet.endpoints._standardio import StandardIOServerParser
from twisted.internet.endpoints._unixparsers import UNIXClientParser, UNIXServerParser

tcpServer: TCPServerParser = TCPServerParser("tcp", 4)
tcp4Server: TCPServerParser = TCPServerParser("tcp4", 4)
tcp6Server: TCPServerParser = TCPServerParser("tcp6", 6)

tcpClient: TCPClientParser = TCPClientParser("tcp", None)
tcp4Client: TCPClientParser = TCPClientParser("tcp4", 4)
tcp6Client: TCPClientParser = TCPClientParser("tcp6", 6)

unixServer: UNIXServerParser = UNIXServerParser()
unixClient: UNIXClientParser = UNIXClientParser()

systemdServer: SystemdServerParser = SystemdServerParser()
descriptorServer: DescriptorServerParser = DescriptorServerParser()

standardIOServer: StandardIOServerParser = StandardIOServerParser()
