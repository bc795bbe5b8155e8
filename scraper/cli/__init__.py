"""The command `hkcnews`: `app` collects the commands, of which each has a module of its own.

Whatever takes long to import (the network, the parsers, the worker processes) is imported inside
the commands that need it: `hkcnews --help` takes half a second otherwise.
"""
