"""The shell round `normalise`: sources of captures, runs over many of them, and the command."""
