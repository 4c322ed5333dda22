"""How results are shown: each module renders the same facts for a different reader."""
