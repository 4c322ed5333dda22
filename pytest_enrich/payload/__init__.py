"""What runs in the child: imports nothing else of ours, and is started by path."""
