"""Other people's readers, `mcap` and `mcap-ros1-support`, open what the recorder wrote."""

import json
import pathlib
import subprocess
import zlib

import pytest
from mcap.exceptions import McapError
from mcap.reader import NonSeekingReader, make_reader
from mcap_ros1.decoder import DecoderFactory

WRITER = pathlib.Path(__file__).parent.parent / "write-sample.ts"


def write_sample(folder: pathlib.Path, *words: str) -> tuple[pathlib.Path, dict]:
    ran = subprocess.run(["node", WRITER, folder, *words], check=False, capture_output=True, text=True)
    assert ran.stdout, ran.stderr
    return folder / "rounds" / "000000.mcap", json.loads(ran.stdout)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("run"))


def decoded(path, topic):
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True, decoder_factories=[DecoderFactory()])
        found = reader.iter_decoded_messages(topics=[topic])
        return [(message, value) for _, _, message, value in found]


def test_every_row_is_found_with_its_number_and_simulated_time(sample):
    path, expected = sample
    rows = decoded(path, "/outcome")
    numbers = list(range(expected["rows"]))
    assert [message.sequence for message, _ in rows] == numbers
    assert [list(value.tick) for _, value in rows] == expected["ticks"]
    assert [list(value.envs) for _, value in rows] == expected["envs"]
    times = [message.log_time for message, _ in rows]
    assert times == sorted(times)
    assert times[:5] == [row * 20_000_000 for row in range(5)]


def test_arrays_are_decoded_by_the_schema_in_the_file(sample):
    path, expected = sample
    assert list(decoded(path, "/state/arm")[0][1].joint_pos) == expected["jointPos"]
    assert list(decoded(path, "/action")[0][1].action) == expected["firstAction"]
    assert json.loads(decoded(path, "/info")[0][1].values) == expected["note"]


def test_pictures_are_ros_images(sample):
    path, expected = sample
    [(_, image)] = decoded(path, "/camera/front/env_0")
    [(_, compressed)] = decoded(path, "/camera/front/env_2")
    assert (image.height, image.width, image.encoding, image.step) == (3, 4, "rgb8", 12)
    assert list(image.data) == expected["pixels"]
    assert (compressed.format, bytes(compressed.data)) == ("png", bytes([1, 2, 3]))


def test_the_summary_counts_what_is_there(sample):
    path, expected = sample
    with path.open("rb") as file:
        reader = make_reader(file)
        summary = reader.get_summary()
        header = json.loads(next(a.data for a in reader.iter_attachments() if a.name == "round-header.json"))
        labels = next(record.metadata for record in reader.iter_metadata() if record.name == "farsim")
        messages = sum(1 for _ in reader.iter_messages())
    assert summary.statistics.message_count == messages
    outcome = next(c.id for c in summary.channels.values() if c.topic == "/outcome")
    assert summary.statistics.channel_message_counts[outcome] == expected["rows"]
    assert header["spec"]["task"] == labels["task"] == "Sample-v0"


def test_the_data_section_has_its_checksum(sample):
    path, _ = sample
    data = path.read_bytes()
    end = data.rindex(b"\x0f" + (4).to_bytes(8, "little"))
    assert int.from_bytes(data[end + 9 : end + 13], "little") == zlib.crc32(data[:end])


def test_a_round_that_was_killed_is_readable_to_its_end(tmp_path):
    path, expected = write_sample(tmp_path, "unsealed")
    rows = []
    with path.open("rb") as file, pytest.raises((McapError, EOFError)):
        reader = NonSeekingReader(file, decoder_factories=[DecoderFactory()])
        for _, _, message, value in reader.iter_decoded_messages(topics=["/outcome"], log_time_order=False):
            rows.append((message.sequence, list(value.tick)))
    assert rows == list(enumerate(expected["ticks"]))
