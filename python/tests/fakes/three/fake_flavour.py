"""Isaac Lab 3.0.0 with Kit."""

from fake_engine.flavours import Flavour

ISAAC_SIM = 6
FLAVOUR = Flavour("proxy", xyzw=True)
