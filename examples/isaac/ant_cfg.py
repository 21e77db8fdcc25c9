"""Takes the ant that Newton's own package carries in the place of NVIDIA's asset."""

import newton.examples


def configure(cfg):
    cfg.scene.robot.spawn.usd_path = newton.examples.get_asset("ant.usda")
