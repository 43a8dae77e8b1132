"""From a picture to the ink of its digit: by rules, and learnt from drawn pictures."""
