"""Find the ink of a picture's digit: by rules, or by a network trained on drawings."""
