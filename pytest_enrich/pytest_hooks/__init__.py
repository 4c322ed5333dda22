"""What pytest is hooked into when a run was asked for; `plugin` imports it then and only then."""
