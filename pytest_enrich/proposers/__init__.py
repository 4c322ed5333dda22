"""Sources of tests; each is a `protocols.Proposer`."""
