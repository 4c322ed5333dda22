"""Places where untrusted code runs: each is a `protocols.Sandbox`.

- `process`: a fresh interpreter for each job; portable, and the reference for all others.

What they share: `environment` (what a job may know), `scratch` (where it may write), `limits` (what it may
use), `child` (how it is started, watched and ended).
"""
