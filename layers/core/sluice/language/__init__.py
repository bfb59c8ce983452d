"""Asking a language model about a source."""
