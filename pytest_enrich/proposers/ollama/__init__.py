"""`ollama`: ask a local model for whole tests, for values and for names, and have the sandbox say what happens.

- `protocol`, `client`: what is asked and answered, as servers really behave.
- `gate`, `connect`: which model, and what must not leave the machine.
- `question`: what a strategy asks, without secrets, and what is kept of it.
- `asking`: one model for one run, one question at a time, none that never pays or has no time.
- `prompt`: what the model sees.
- `scenario`: asks for whole tests, a `protocols.Proposer`; `reply`, `places`, `candidates`, `corrected`: what
  becomes of a reply.
- `use`: asks for texts and scripts, from which the search goes on; a `protocols.Proposer`, too.
- `wording`: what is proven, said better.
- `abilities`: which of these a model can do.
"""

from __future__ import annotations
