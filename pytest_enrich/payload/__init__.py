"""What runs in the child process: it imports no other part of pytest-enrich, and is started by path."""
