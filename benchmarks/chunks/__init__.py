"""Films in chunks against the same films in one go. Run as a module: `python -m benchmarks.chunks`."""
