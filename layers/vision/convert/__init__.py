"""Makes the vision layer's models from what their packages hold, with nothing but the standard library."""
