"""`ollama`: ask a local model for what it is good at, inputs and scenes, and have the sandbox say what happens.

- `host`, `client`, `response`, `wire`, `failure`, `exchange`: the protocol, as servers really behave.
- `gate`, `redact`: what must not leave the process, and what must not leave the machine.
- `pulled`, `connect`: which model.
- `line`, `turns`, `pace`: one question at a time, the one that shares most with the last, none without the time.
- `question`, `asking`, `replies`, `paying`, `figures`: one model for one run; replies are kept, what never pays is
  left.
- `subject`, `hint`, `schema`, `value`, `expression`: arguments as JSON, there and back.
- `excerpt`, `prompt`, `answer`: what the model sees, and what is in its reply.
- `inputs`, `fill`, `scenario` (with `written`), `corrected`, `repair`: strategies, each a `protocols.Proposer`.
- `seed`: other proposers begin with what the model said. `naming`, `documenting`: better words for what is proven.
"""

from __future__ import annotations
