"""The first Isaac Lab 3.0 beta on Isaac Sim 6.0."""

from fake_engine.flavours import Flavour

ISAAC_SIM = 6
FLAVOUR = Flavour("warp", xyzw=True)
