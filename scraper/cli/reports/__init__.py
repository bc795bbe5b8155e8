"""What commands print at their end: summaries, tables and lists of what went wrong."""
