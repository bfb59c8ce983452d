"""Hearing what is said: sound to transcript."""
