"""Where quotes come from, and how they are served; each knows nothing of the other."""
