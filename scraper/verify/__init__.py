"""Proof that an archive is right: defects, and differences from another archive."""
