"""Trees of arrays under wire names: segments joined by `/`, `%` and `/` within one written `%25` and
`%2F`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any


def escape(segment: str) -> str:
    return segment.replace("%", "%25").replace("/", "%2F") if "%" in segment or "/" in segment else segment


def unescape(segment: str) -> str:
    return segment.replace("%2F", "/").replace("%25", "%") if "%" in segment else segment


def leaves(prefix: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """A tree's leaves by path, branches sorted by name."""
    if isinstance(tree, Mapping):
        for name in sorted(tree, key=str):
            yield from leaves(f"{prefix}/{escape(str(name))}", tree[name])
    elif isinstance(tree, tuple):
        for place, branch in enumerate(tree):
            yield from leaves(f"{prefix}/{place}", branch)
    else:
        yield prefix, tree


def build(items: Iterable[tuple[str, Any]]) -> Any:
    """The tree of leaves by path; the path '' is a tree of one leaf."""
    root: dict[str, Any] = {}
    for path, leaf in items:
        if path == "":
            return leaf
        *branches, last = map(unescape, path.split("/"))
        branch = root
        for name in branches:
            branch = branch.setdefault(name, {})
        branch[last] = leaf
    return root
