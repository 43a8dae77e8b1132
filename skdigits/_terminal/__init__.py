"""The command: pictures in, digits on standard output."""
