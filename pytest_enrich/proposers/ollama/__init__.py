"""`ollama`: ask a local model for what it is good at, inputs and scenes, and have the sandbox say what happens.

- `protocol`, `client`: what is asked and answered, as servers really behave.
- `gate`, `connect`: which model, and what must not leave the machine.
- `question`: what a strategy asks, without secrets, and what is kept of it.
- `line`, `asking`: one model for one run, one question at a time, none that never pays or has no time.
- `schema`, `value`: arguments as JSON, there and back.
- `prompt`, `answer`: what the model sees, and what is in its reply.
- `inputs`, `fill`, `scenario`, `repair`: strategies, each a `protocols.Proposer`; `fill` has other proposers begin
  with what the model said, too.
- `naming`: better words for what is proven.
"""

from __future__ import annotations
