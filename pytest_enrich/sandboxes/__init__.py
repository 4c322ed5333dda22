"""Places where untrusted code runs: each is a `protocols.Sandbox`.

- `process`: a fresh interpreter for each job; portable, and the reference for all others.
- `forkserver`: a process that is ready for jobs, and a fork of it for each.

What they share: `isolation` (the kernel's layers round them; `survey` tells people of these one by one, `places`
says what of the machine's files is seen), `environment` (what a job may know, and where it may write), `limits`
(what it may use), `process` (how it is started, watched and ended), `reply` (what came of it).
"""
