"""Find the ink of a picture's digit, by networks that were trained on drawings."""
