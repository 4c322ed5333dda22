"""One user verb (or family) a module, each a click command that returns its exit status."""
