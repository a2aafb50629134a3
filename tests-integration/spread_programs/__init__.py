"""Programs of Perspective Broker, a server and a client each, that run on ours and on the incumbent."""
