"""farsim: a robot simulator on a far machine, driven as if it were local."""

__version__ = "0.1.0"
