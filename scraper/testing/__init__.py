"""Fixtures: saved pages with what must come of them."""
