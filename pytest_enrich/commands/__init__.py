"""One command (or family of commands) per module, each a click command that returns its exit status."""
