"""Sandboxes for untrusted code: each is a `protocols.Sandbox`.

- `process`: a fresh interpreter for each job; portable, and the reference for all others.
- `forkserver`: a process that is ready for jobs, and forks for each.

They share `isolation` (the kernel's layers around them; its `survey` lists these for people, `places` says which
of the machine's files are visible), `environment` (what a job may know, and where it may write), `limits` (what it
may use), `process` (how it is started, watched and ended), and `reply` (its result).
"""
