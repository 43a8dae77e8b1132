"""Training: from validated rows to the weights of a network."""
