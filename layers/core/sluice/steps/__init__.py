"""Parts of a kind's work that a function with ffmpeg does for one that has none."""
