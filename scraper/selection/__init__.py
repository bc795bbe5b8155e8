"""Which captures of which articles to take, before any is fetched."""
