"""Fixtures for the regression tests: kept, refreshed and recorded."""
