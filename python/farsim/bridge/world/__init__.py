"""An adapter as a world: rows, ticks, episodes, checks, and its outcomes as named arrays. Imports `wire`."""
