"""How results are told: each module renders the same facts for another reader."""
