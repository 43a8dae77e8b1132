"""Find the digits of a page by learnt ink."""
