"""Arrays of every Isaac Lab: torch tensors (2.x), Warp arrays (3.0 betas), proxies of both (3.0)."""

from farsim.bridge.engines.host_arrays import to_numpy


def first_of(data, *names):
    """The first of these arrays that the data has: minor versions differ."""
    for name in names:
        # looked up once: the first look within a step computes it
        value = getattr(data, name, None)
        if value is not None:
            return value
    raise AttributeError(f"{type(data).__name__} has none of {', '.join(names)}")


def generation_of(value):
    """`torch`, `warp` or `proxy`: what the data classes give."""
    if hasattr(value, "torch") and hasattr(value, "warp"):
        return "proxy"
    return "torch" if hasattr(value, "detach") else "warp"


def tree_to_numpy(tree):
    """A tree of arrays by name, without its empty groups."""
    if isinstance(tree, dict):
        leaves = {name: tree_to_numpy(leaf) for name, leaf in tree.items()}
        return {name: leaf for name, leaf in leaves.items() if not isinstance(leaf, dict) or leaf}
    return to_numpy(tree)


def tree_rows(tree, rows):
    """Copies of the rows of every array."""
    if isinstance(tree, dict):
        return {name: tree_rows(leaf, rows) for name, leaf in tree.items()}
    return tree[rows]


def probe_quaternion_order(torch):
    """`wxyz` or `xyzw`, found out by turning a vector by (0, 0, 0, 1): no turn, or half a turn about z."""
    from isaaclab.utils.math import quat_apply

    vector = torch.tensor([[1.0, 0.0, 0.0]])
    turned = quat_apply(torch.tensor([[0.0, 0.0, 0.0, 1.0]]), vector)
    return "xyzw" if abs(float(turned[0][0]) - 1) < 1e-6 else "wxyz"
