"""Makes the answering server a command: `twist answering`."""

from twisted.application.service import ServiceMaker

answering = ServiceMaker("Answering", "answering", "Answer each line, slowly.", "answering")
