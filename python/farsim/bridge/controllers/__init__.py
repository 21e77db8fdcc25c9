"""Controllers beside the simulator, with the same numbers as core/src/rollout makes. Imports `wire`."""
