"""Explore: thousands of calls in a child process, to find the few that reach what no test reached.

Importing this package loads nothing: what is shared with other jobs is light.
"""
