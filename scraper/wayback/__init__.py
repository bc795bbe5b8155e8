"""The Wayback Machine over HTTP: its index, its playback, and how to be polite to it."""
