"""What adapters of several engines share: MuJoCo's states and models, MJCF, rotations, managers' terms,
forked rows. Imports `processes`.
"""
