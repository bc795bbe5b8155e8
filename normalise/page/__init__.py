"""From the bytes of a page to an `Article`."""
