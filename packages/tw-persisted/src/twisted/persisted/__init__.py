"""Objects that outlive the process: in a directory, in a file, as a pickle or as source text."""
