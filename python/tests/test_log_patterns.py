"""What is made of lines of a log, whose texts are those of CUDA, PhysX, Kit, USD and the C library."""

from __future__ import annotations

import pytest

from farsim.bridge.processes.log_patterns import meaning


@pytest.mark.parametrize(
    "line",
    [
        "2025-02-11 09:14:05 [45,612ms] [Error] [carb.graphics-vulkan.plugin] VkResult: ERROR_DEVICE_LOST",
        "A GPU crash occurred. Exiting the application...",
        "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB",
        "RuntimeError: CUDA error: an illegal memory access was encountered",
        "[Error] [omni.physx.plugin] PhysX error: PhysX Internal CUDA error. Simulation can not continue!",
        "[Error] [omni.physx.plugin] Cuda context manager error, simulation will be stopped",
        "[Fatal] [carb.crashreporter-breakpad.plugin] [crash] A crash has occurred",
        "Fatal Python error: Segmentation fault",
        "./python.sh: line 41: 12345 Aborted                 (core dumped) $python_exe \"$@\" $args",
        "double free or corruption (!prev)",
    ],
)
def test_a_line_after_which_nothing_can_be_trusted_is_fatal(line):
    assert meaning(line) == ("SIMULATOR_CRASHED", f"its log says: {line}")


@pytest.mark.parametrize(
    "line", ["Do you accept the EULA? (Yes/No): ", "License must be accepted before continuing"]
)
def test_a_question_about_the_licence_is_one(line):
    assert meaning(line)[0] == "EULA_REQUIRED"


@pytest.mark.parametrize(
    "line",
    [
        "[Error] [carb.graphics-vulkan.plugin] VkResult: ERROR_INCOMPATIBLE_DRIVER",
        "[Error] [carb.graphics-vulkan.plugin] vkCreateInstance failed. Vulkan 1.1 is not supported",
        "[Error] [gpu.foundation.plugin] No device could be created. Some known system issues:",
        "[Error] [omni.gpu_foundation_factory.plugin] Failed to create any GPU devices, including an attempt with compatibility mode.",
        "[Error] [omni.usd] GPU Foundation is not initialized!",
        "Warning: in _ReportErrors at line 3292 of usd/stage.cpp -- Could not open asset @/assets/props/table.usd@",
        "Modules: ['omni.usd'] were loaded before SimulationApp was started and might not be loaded correctly.",
        "[Warning] [carb.tasking.plugin] carb.tasking is likely stuck",
        "OSError: [Errno 28] No space left on device",
    ],
)
def test_a_line_that_its_user_should_see_is_a_warning(line):
    assert meaning(line) == ("warning", line)


@pytest.mark.parametrize(
    "line",
    [
        "[Error] [omni.physx.tensors.plugin] Failed to get a valid attached USD stage id",
        "[Warning] [omni.log] Source: omni.hydra was already registered.",
        "Warp CUDA warning: Could not find or load the NVIDIA CUDA driver.",
        "[INFO]: Completed setting up the environment...",
        "[3.412s] [ext: omni.physx-106.0.20] startup",
        "Simulation App Shutting Down",
    ],
)
def test_what_is_said_by_healthy_simulators_is_nothing(line):
    assert meaning(line) is None
