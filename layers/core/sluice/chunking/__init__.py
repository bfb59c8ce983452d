"""Films cut into chunks that are encoded apart and joined so that nobody can see it. Pure; the kinds run it."""
