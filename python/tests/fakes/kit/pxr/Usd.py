"""Mirrors `pxr.Usd`: the prims at and below one."""


class PrimRange:
    def __init__(self, prim, predicate=None):
        self._prims = iter(prim.below(predicate == _PROXIES))

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._prims)

    def PruneChildren(self):
        """What is below is passed over one by one all the same."""


_PROXIES = "instance proxies"


def TraverseInstanceProxies():
    return _PROXIES
