"""Isaac Sim 6.0: `isaacsim.core.experimental`."""

ISAAC_SIM = 6
