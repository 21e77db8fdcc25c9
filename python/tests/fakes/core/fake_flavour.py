"""Isaac Sim 5.1: `isaacsim.core.prims` and `isaacsim.core.api`."""

ISAAC_SIM = 5
