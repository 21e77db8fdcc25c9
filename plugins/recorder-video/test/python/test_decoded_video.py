"""A real decoder plays the videos and opens the pictures: PyPI's `av` (FFmpeg's libraries) and Pillow."""

import itertools
import pathlib
import subprocess

import av
import numpy as np
import pytest
from PIL import Image

DRAWER = pathlib.Path(__file__).parent.parent / "draw-sample.ts"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    subprocess.run(["node", DRAWER, folder], check=True)
    return folder


@pytest.fixture(scope="module")
def pictures(folder):
    with av.open(str(folder / "video" / "0.mp4")) as container:
        return [(f.time, f.to_ndarray(format="rgb24")) for f in container.decode(video=0)]


def test_a_video_of_two_and_a_half_seconds_has_75_pictures_at_even_times(pictures):
    assert [time for time, _ in pictures] == pytest.approx([i / 30 for i in range(75)])


def test_the_decoded_pictures_show_what_was_drawn(folder, pictures):
    for name, (_, decoded) in (("first", pictures[0]), ("last", pictures[-1])):
        drawn = np.asarray(Image.open(folder / "pictures" / f"0-{name}.png"), dtype=int)
        assert drawn.shape == decoded.shape == (480, 640, 3)
        assert abs(drawn - decoded).mean() < 4


def test_the_arm_moves_from_picture_to_picture(pictures):
    changes = [abs(a.astype(int) - b).max() for (_, a), (_, b) in itertools.pairwise(pictures)]
    assert min(changes) > 50


def test_the_contact_sheet_is_a_row_of_six_cells(folder):
    sheet = Image.open(folder / "pictures" / "contact-sheet.png")
    assert sheet.size == (6 * 320 + 5 * 4, 240)
