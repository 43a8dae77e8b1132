"""The network: its weights, its forward pass, and its conversions."""
