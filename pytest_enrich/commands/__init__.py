"""One user verb (or family) a module; each has a click `command` that returns its exit status."""
