"""Mirrors `pxr.UsdPhysics`: the API schemas that tell an articulation and a rigid body."""

ArticulationRootAPI = "ArticulationRootAPI"
RigidBodyAPI = "RigidBodyAPI"
