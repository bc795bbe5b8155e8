"""The article files of a finished archive: where they lie and what they hold."""
