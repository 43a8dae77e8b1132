"""Training: everything between validated rows and the weights that they give."""
