"""The command `hkcnews`."""
