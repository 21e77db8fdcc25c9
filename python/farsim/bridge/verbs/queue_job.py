"""The number of the queue's job that this process runs in."""

from __future__ import annotations

import os

_VARIABLES = (
    "SLURM_JOB_ID",
    "PBS_JOBID",
    "LSB_JOBID",
    "FLUX_JOB_ID",
    "OAR_JOB_ID",
    "COBALT_JOBID",
    "JOB_ID",
)


def queue_job() -> str:
    """As Slurm, PBS, LSF, Flux, OAR, Cobalt or Grid Engine tells it; '' outside of a queue."""
    return next((os.environ[name] for name in _VARIABLES if os.environ.get(name)), "")
