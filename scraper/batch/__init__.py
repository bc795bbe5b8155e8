"""Many captures into files, on all cores; one bad page stops nothing."""
