"""The only package that starts ffmpeg or ffprobe."""
