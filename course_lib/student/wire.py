"""Plain values in bounded bytes; `Channel` carries them in frames.

The judge trusts bytes only: there is no pickle, no JSON and no ``np.load`` here. Every size is compared with what is
really there before anything is allocated, so a forged header costs an error message and nothing else.

One value is a kind byte and its content, integers big-endian:

====  =======================================================================
kind  content
====  =======================================================================
N T F None, True, False
i     8 bytes signed
f     8 bytes IEEE 754
s     4 bytes length, UTF-8
a     1 byte place in DTYPES, 1 byte number of axes, 8 bytes an axis, little-endian data in C order
t     4 bytes count, the items
d     4 bytes count, then key (as s without its kind byte) and value of each entry
====  =======================================================================
"""

import math
import struct
import sys
from typing import Any

import numpy as np

from course_lib.student.channel import Channel, ChannelError, channel

__all__ = ["DTYPES", "LIMIT", "MAX_DEPTH", "Channel", "ChannelError", "WireError", "channel", "decode", "encode"]

DTYPES = ("f4", "f8", "i1", "i2", "i4", "i8", "u1", "b1", "c8", "c16")
MAX_DEPTH = 16
MAX_AXES = 8
MAX_ELEMENTS = 2**40
MAX_VALUES = 2_000_000
LIMIT = 64 * 1024 * 1024

_TYPES = tuple(np.dtype(name) for name in DTYPES)


class WireError(ValueError):
    """A value that the wire does not carry, or bytes that are no value."""


# ---------------------------------------------------------------------------------------------------- values to bytes


def encode(value: Any, *, limit: int = LIMIT) -> bytes:
    """Bytes of a value.

    value: None, bool, int (64 bits), float, complex, str, numpy arrays and scalars, torch tensors, lists, tuples,
        ranges, and dictionaries with string keys, nested at most 16 deep. Tensors are detached and brought to the CPU.
    limit: most bytes allowed.

    Raises WireError when the value, or something in it, is none of these or exceeds the limit.
    """
    out = bytearray()
    _write(out, value, limit, 0)
    return bytes(out)


def _write(out: bytearray, value: Any, limit: int, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise WireError(f"Wanted at most {MAX_DEPTH} levels of nesting, got more. Return arrays or short tuples.")
    if len(out) > limit:
        raise WireError(f"Wanted at most {limit} bytes, got more. Return a smaller result.")
    if value is None or value is True or value is False:
        out += {None: b"N", True: b"T", False: b"F"}[value]
    elif isinstance(value, np.generic | np.ndarray):
        _write_numpy(out, value, limit)
    elif isinstance(value, int):
        number = int.__add__(value, 0)
        if not -(2**63) <= number < 2**63:
            raise WireError("Wanted an integer of 64 bits, got a larger one. Return a float.")
        out += b"i" + struct.pack(">q", number)
    elif isinstance(value, float):
        out += b"f" + struct.pack(">d", float.__float__(value))
    elif isinstance(value, complex):
        _write_array(out, np.asarray(complex.__add__(value, 0j)), limit)
    elif isinstance(value, str):
        out += b"s"
        _write_text(out, value, limit)
    elif isinstance(value, list | tuple | range):
        items = _exact_items(value)
        out += b"t" + struct.pack(">I", len(items))
        for item in items:
            _write(out, item, limit, depth + 1)
    elif isinstance(value, dict):
        entries = list(dict.items(value))
        out += b"d" + struct.pack(">I", len(entries))
        for key, item in entries:
            if not isinstance(key, str):
                raise WireError(f"Wanted text as key of a dictionary, got {type(key).__name__}.")
            _write_text(out, key, limit)
            _write(out, item, limit, depth + 1)
    else:
        _write_array(out, _foreign_array(value), limit)


def _exact_items(value: list | tuple | range) -> list:
    """The items as the built-in type sees them: a subclass with its own ``__iter__`` changes nothing."""
    if isinstance(value, list):
        return list(list.__iter__(value))
    return list(tuple.__iter__(value) if isinstance(value, tuple) else range.__iter__(value))


def _write_text(out: bytearray, text: str, limit: int) -> None:
    data = str.encode(text, "utf-8", "backslashreplace")
    if len(out) + len(data) > limit:
        raise WireError(f"Wanted at most {limit} bytes, got a text of {len(data)}.")
    out += struct.pack(">I", len(data)) + data


def _write_numpy(out: bytearray, value: np.generic | np.ndarray, limit: int) -> None:
    if isinstance(value, np.ndarray):
        _write_array(out, np.ndarray.view(value, np.ndarray), limit)
    elif isinstance(value, np.bool_):
        out += b"T" if np.bool_.__bool__(value) else b"F"
    elif isinstance(value, np.floating) and not isinstance(value, np.float16):
        out += b"f" + struct.pack(">d", float(value))
    elif isinstance(value, np.integer):
        _write(out, int(value), limit, 0)
    else:
        _write_array(out, np.asarray(value), limit)


def _write_array(out: bytearray, array: np.ndarray, limit: int) -> None:
    array = _carried(array)
    if array.ndim > MAX_AXES:
        raise WireError(f"Wanted at most {MAX_AXES} axes, got {array.ndim}.")
    if len(out) + array.nbytes > limit:
        raise WireError(f"Wanted at most {limit} bytes, got an array of {array.nbytes}. Return a smaller result.")
    little = array.dtype.newbyteorder("<")
    out += b"a" + bytes([_TYPES.index(np.dtype(array.dtype.str[1:])), array.ndim])
    out += struct.pack(f">{array.ndim}Q", *array.shape)
    out += np.ascontiguousarray(array, dtype=little).tobytes()


def _carried(array: np.ndarray) -> np.ndarray:
    """The array in a dtype that the wire carries without loss of what is judged."""
    kind, size = array.dtype.kind, array.dtype.itemsize
    if array.dtype == np.dtype("longdouble"):
        return array.astype("f8")
    if array.dtype == np.dtype("clongdouble"):
        return array.astype("c16")
    if kind == "u" and size > 1:
        if array.size and int(array.max()) >= 2**63:
            raise WireError("Wanted integers below 2**63, got a larger one. Return floats.")
        return array.astype("i8")
    if kind == "O":
        return _from_objects(array)
    if np.dtype(array.dtype.str[1:]) not in _TYPES:
        raise WireError(f"Wanted numbers in float32, float64, integers or complex, got {array.dtype}. Convert first.")
    return array


def _from_objects(array: np.ndarray) -> np.ndarray:
    """An object array of plain numbers as numbers: `np.array([tensor, 1.0])` is an honest slip."""
    if array.size > 10_000:
        raise WireError("Wanted an array of numbers, got one of Python objects. Convert with dtype=float.")
    try:
        return np.array(
            [complex(item) if isinstance(item, complex) else float(item) for item in array.ravel()]
        ).reshape(array.shape)
    except (TypeError, ValueError) as error:
        raise WireError(f"Wanted an array of numbers, got one of Python objects ({error}).") from error


def _foreign_array(value: Any) -> np.ndarray:
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, getattr(torch, "Tensor", ())):
        with torch._C.DisableTorchFunctionSubclass():
            plain = torch.Tensor.detach(value)
            if plain.layout != torch.strided:
                plain = plain.to_dense()
            plain = plain.cpu().resolve_conj().resolve_neg()
            if plain.dtype in (torch.float16, torch.bfloat16):
                raise WireError(f"Wanted float32 or float64, got {plain.dtype}: too coarse to be judged.")
            return np.ndarray.view(plain.numpy(), np.ndarray)
    if hasattr(value, "__array__"):
        return np.ndarray.view(np.asarray(value), np.ndarray)
    raise WireError(f"Wanted numbers, arrays, tensors, text or tuples of them, got {type(value).__name__}.")


# ---------------------------------------------------------------------------------------------------- bytes to values


def decode(data: bytes, *, limit: int = LIMIT) -> Any:
    """The value that `encode` wrote: arrays are fresh and writable, lists and tuples come back as tuples.

    limit: most bytes looked at.

    Raises WireError for anything that is not exactly one value.
    """
    if len(data) > limit:
        raise WireError(f"Wanted at most {limit} bytes, got {len(data)}.")
    reader = _Reader(data)
    value = reader.value(0)
    if reader.left:
        raise WireError(f"Wanted one value, got {reader.left} bytes more.")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.view = memoryview(data)
        self.at = 0
        self.values = 0

    @property
    def left(self) -> int:
        return len(self.view) - self.at

    def take(self, count: int) -> memoryview:
        if count > self.left:
            raise WireError(f"Wanted {count} bytes more, got {self.left}.")
        self.at += count
        return self.view[self.at - count : self.at]

    def number(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def count(self, least: int) -> int:
        """A count whose items need at least ``least`` bytes each, refused before anything is made of it."""
        count = self.number(">I")
        if count * least > self.left:
            raise WireError(f"Wanted {count} items, got only {self.left} bytes.")
        return count

    def text(self) -> str:
        try:
            return str(self.take(self.count(1)), "utf-8")
        except UnicodeDecodeError as error:
            raise WireError(f"Wanted UTF-8, got something else: {error}.") from error

    def value(self, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise WireError(f"Wanted at most {MAX_DEPTH} levels of nesting, got more.")
        self.values += 1
        if self.values > MAX_VALUES:  # one byte on the wire may be fifty in memory
            raise WireError(f"Wanted at most {MAX_VALUES} values, got more. Return arrays instead of lists.")
        kind = bytes(self.take(1))
        if kind in b"NTF":
            return {b"N": None, b"T": True, b"F": False}[kind]
        if kind == b"i":
            return self.number(">q")
        if kind == b"f":
            return self.number(">d")
        if kind == b"s":
            return self.text()
        if kind == b"a":
            return self.array()
        if kind == b"t":
            return tuple([self.value(depth + 1) for _ in range(self.count(1))])
        if kind == b"d":
            return self.table(depth)
        raise WireError(f"Wanted a kind of value, got the byte {kind!r}.")

    def table(self, depth: int) -> dict[str, Any]:
        table = {}
        for _ in range(self.count(5)):
            key = self.text()
            if key in table:
                raise WireError("Wanted each key once, got one twice.")
            table[key] = self.value(depth + 1)
        return table

    def array(self) -> np.ndarray:
        place, axes = self.number(">B"), self.number(">B")
        if place >= len(_TYPES):
            raise WireError(f"Wanted the place of a dtype below {len(_TYPES)}, got {place}.")
        dtype = _TYPES[place]
        if axes > MAX_AXES:
            raise WireError(f"Wanted at most {MAX_AXES} axes, got {axes}.")
        shape = struct.unpack(f">{axes}Q", self.take(8 * axes))
        if math.prod(length or 1 for length in shape) > MAX_ELEMENTS:  # an empty array may still claim huge axes
            raise WireError(f"Wanted at most {MAX_ELEMENTS} elements, got the shape {shape}.")
        raw = self.take(math.prod(shape) * dtype.itemsize)
        if dtype.kind == "b":  # a byte 7 read as bool is neither True nor False
            return (np.frombuffer(raw, "u1") != 0).reshape(shape)
        return np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype).reshape(shape)
