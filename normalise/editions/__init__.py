"""From an `Article` to the text of a file: one module for each edition."""
