"""Gymnasium's envs as adapters. Imports `wire` and `engines`."""
