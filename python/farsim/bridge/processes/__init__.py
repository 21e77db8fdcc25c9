"""This machine's processes and what they share: files, pages, doors, logs, starts, ends. Imports no room."""
