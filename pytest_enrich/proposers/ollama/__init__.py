"""`ollama`: ask a local model for whole tests, for values and for names, and let the sandbox tell what happens.

- `protocol`, `client`: requests and replies, as servers really behave.
- `gate`, `connect`: which model, and what must not leave the machine.
- `question`: what a strategy asks, without secrets, and what is stored of it.
- `asking`: one model for one run, one question at a time, none for which there is no time or that never pays off.
- `prompt`: what the model sees.
- `scenario`: asks for whole tests, a `protocols.Proposer`; `reply`, `places`, `candidates`, `corrected`: what
  becomes of a reply.
- `use`: asks for texts and scripts, from which the search goes on; a `protocols.Proposer`, too.
- `wording`: better words for what is proven.
- `abilities`: which of these a model can do.
"""

from __future__ import annotations
