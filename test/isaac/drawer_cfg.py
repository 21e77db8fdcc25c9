"""The drawer task with an arm that has no variants."""


def configure(cfg):
    cfg.scene.robot.spawn.variants = None
