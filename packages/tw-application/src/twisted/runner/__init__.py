"""Running other programs: `procmon` keeps them running, `inetd` runs one for each connection."""
