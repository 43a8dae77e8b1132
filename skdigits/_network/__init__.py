"""The network itself: its weights, its forward pass, and Keras's form of it."""
