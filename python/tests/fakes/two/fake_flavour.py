"""Isaac Lab 2.3.2 on Isaac Sim 5.1."""

from fake_engine.flavours import Flavour

ISAAC_SIM = 5
FLAVOUR = Flavour("torch", xyzw=False)
