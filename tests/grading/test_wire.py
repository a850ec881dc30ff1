"""The wire carries plain values exactly and refuses everything else before it allocates."""

import math
import socket
import struct
import tracemalloc

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.student import wire

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text("abc", max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
arrays = st.sampled_from(wire.DTYPES).flatmap(
    lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4))
)


@given(plain)
def test_plain_values_come_back_equal_and_of_their_kind(value):
    back = wire.decode(wire.encode(value))
    assert back == value and type(back) is type(value)


@given(arrays)
def test_arrays_come_back_with_dtype_shape_and_bytes(array):
    back = wire.decode(wire.encode(array))
    assert back.dtype == array.dtype and back.shape == array.shape
    np.testing.assert_array_equal(back, array)
    assert back.flags.writeable


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_wire_error(data):
    try:
        wire.decode(data)
    except wire.WireError:
        pass


@settings(max_examples=300)
@given(arrays, st.data())
def test_damaged_bytes_are_a_value_or_a_wire_error(array, data):
    good = bytearray(wire.encode({"a": array, "b": (1.5, "text")}))
    place = data.draw(st.integers(0, len(good) - 1))
    good[place] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.integers(0, len(good)))
    try:
        wire.decode(bytes(good[:cut]))
    except wire.WireError:
        pass


def header(place: int, *shape: int) -> bytes:
    return b"a" + bytes([place, len(shape)]) + struct.pack(f">{len(shape)}Q", *shape)


@pytest.mark.parametrize(
    "bomb",
    [
        header(1, 2**40),
        header(1, 2**63, 2),
        header(0, 0, 2**62),
        header(9, *[2**40] * 7, 0),
        header(200, 1) + b"\0" * 8,
        b"a" + bytes([1, 255]),
        b"t" + struct.pack(">I", 2**32 - 1),
        b"d" + struct.pack(">I", 2**31),
        b"s" + struct.pack(">I", 2**32 - 1) + b"short",
        b"t\0\0\0\1" * 40 + b"N",
        b"s\0\0\0\2\xff\xfe",
        b"d\0\0\0\2" + b"\0\0\0\1aN" * 2,
        b"NN",
        b"i\0\0",
        b"",
        b"?",
    ],
)
def test_bombs_are_refused_before_anything_is_allocated(bomb):
    tracemalloc.start()
    with pytest.raises(wire.WireError):
        wire.decode(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000


def test_many_small_values_are_refused_before_they_fill_the_memory():
    flood = b"t" + struct.pack(">I", 3_000_000) + b"N" * 3_000_000
    with pytest.raises(wire.WireError, match="values"):
        wire.decode(flood)


def test_a_limit_holds_both_ways():
    data = wire.encode(np.zeros(1000))
    with pytest.raises(wire.WireError, match="at most"):
        wire.decode(data, limit=100)
    with pytest.raises(wire.WireError, match="at most"):
        wire.encode(np.zeros(1000), limit=100)
    endless = [np.zeros(1000)] * 1000
    with pytest.raises(wire.WireError, match="at most"):
        wire.encode([endless] * 1000, limit=10_000_000)


def test_depth_is_limited_when_writing_too():
    value = 1.0
    for _ in range(40):
        value = [value]
    with pytest.raises(wire.WireError, match="nesting"):
        wire.encode(value)
    circle: list = []
    circle.append(circle)
    with pytest.raises(wire.WireError, match="nesting"):
        wire.encode(circle)


@pytest.mark.parametrize(
    ("given_value", "wanted"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int16(-3), -3),
        (np.bool_(True), True),
        ([1, 2.0, "x"], (1, 2.0, "x")),
        (range(3), (0, 1, 2)),
        (2 + 1j, np.array(2 + 1j)),
        (np.arange(3, dtype=">f8"), np.arange(3.0)),
        (np.arange(3, dtype="u2"), np.arange(3)),
        (np.arange(6.0).reshape(2, 3).T, np.arange(6.0).reshape(2, 3).T),
        (np.array([1.0, torch.tensor(2.0)], dtype=object), np.array([1.0, 2.0])),
        (torch.arange(3.0, requires_grad=True), np.arange(3, dtype="f4")),
        (torch.nn.Parameter(torch.ones(2, dtype=torch.float64)), np.ones(2)),
        (torch.tensor(2.5), np.array(2.5, dtype="f4")),
        (torch.eye(2).to_sparse(), np.eye(2)),
        (torch.tensor([1 + 2j]).conj(), np.array([1 - 2j])),
        ([torch.tensor(1), np.float64(2)], (np.array(1), 2.0)),
    ],
)
def test_what_students_return_is_carried(given_value, wanted):
    back = wire.decode(wire.encode(given_value))
    np.testing.assert_equal(back, wanted)


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1: 2},
        {1, 2},
        lambda: 0,
        2**64,
        np.array(["a"]),
        np.float16(1),
        torch.ones(2).half(),
        b"bytes",
        1 + 2**63,
    ],
)
def test_other_values_are_refused_with_a_sentence(value):
    with pytest.raises(wire.WireError, match="Wanted"):
        wire.encode(value)


def test_nan_and_infinity_travel():
    back = wire.decode(wire.encode((math.nan, math.inf, np.array([np.nan]))))
    assert math.isnan(back[0]) and back[1] == math.inf and np.isnan(back[2][0])


def test_tricks_of_subclasses_are_not_called():
    class Liar(torch.Tensor):
        @classmethod
        def __torch_function__(cls, func, types, args=(), kwargs=None):
            return torch.zeros(3)

    class Text(str):
        def encode(self, *args):
            return b"forged"

    class Items(list):
        def __iter__(self):
            return iter([0])

        def __len__(self):
            return 7

    np.testing.assert_array_equal(wire.decode(wire.encode(torch.ones(3).as_subclass(Liar))), np.ones(3))
    assert wire.decode(wire.encode(Text("true"))) == "true"
    assert wire.decode(wire.encode(Items([1, 2]))) == (1, 2)


def pair(**limits) -> tuple[wire.Channel, wire.Channel]:
    left, right = socket.socketpair()
    return wire.Channel(left), wire.Channel(right, **limits)


def test_frames_arrive_whole_and_in_order():
    here, there = pair()
    here.send(b"A", b"one")
    here.send(b"B")
    assert there.recv(timeout=1) == (b"A", b"one")
    assert there.recv(timeout=1) == (b"B", b"")


def test_half_a_frame_waits_for_its_rest():
    here, there = pair()
    here.sock.sendall(b"A" + struct.pack(">Q", 6) + b"abc")
    with pytest.raises(TimeoutError):
        there.recv(timeout=0.05)
    here.sock.sendall(b"def")
    assert there.recv(timeout=1) == (b"A", b"abcdef")


def test_lengths_are_checked_before_the_payload_comes():
    here, there = pair(frame_limit=10)
    here.sock.sendall(b"A" + struct.pack(">Q", 2**62))
    with pytest.raises(wire.ChannelError, match="frame"):
        there.recv(timeout=1)
    here, there = pair(total_limit=10)
    here.send(b"A", b"123456")
    here.send(b"A", b"123456")
    there.recv(timeout=1)
    with pytest.raises(wire.ChannelError, match="in all"):
        there.recv(timeout=1)


def test_a_closed_or_deaf_side_is_a_channel_error():
    here, there = pair()
    here.close()
    with pytest.raises(wire.ChannelError):
        there.recv(timeout=1)
    here, there = pair()
    with pytest.raises(wire.ChannelError):
        here.send(b"A", b"\0" * 50_000_000, timeout=0.05)
