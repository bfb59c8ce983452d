"""Sluice: media processing that a team owns. A source becomes a task, a task becomes outputs."""

ENGINE_VERSION = "0.1.0"
