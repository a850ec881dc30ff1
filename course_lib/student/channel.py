"""Frames over one socket: how the grader and its worker talk."""

import os
import socket
import struct
import threading
import time

HEADER = struct.Struct(">cQ")
FRAME_LIMIT = 128 * 1024 * 1024
CHANNEL_VARIABLE = "COURSE_CHANNEL"


class ChannelError(ConnectionError):
    """The other side sent something that is no frame, too much of it, or went away."""


class Channel:
    """Frames over one socket: 1 byte tag, 8 bytes length, payload.

    frame_limit: most bytes of one payload that is received; total_limit: most bytes received in all, None for no
    limit. Both are checked when the header has come, before the payload is read.
    """

    def __init__(self, sock: socket.socket, *, frame_limit: int = FRAME_LIMIT, total_limit: int | None = None) -> None:
        self.sock = sock
        self.frame_limit = frame_limit
        self.total_limit = total_limit
        self.received = 0
        self._buffer = bytearray()
        self._sending = threading.Lock()

    def send(self, tag: bytes, payload: bytes = b"", *, timeout: float | None = None) -> None:
        """Send one frame.

        tag: one byte; timeout: seconds until a reader that does not read counts as gone.

        Raises ChannelError when the other side is gone.
        """
        with self._sending:
            try:
                self.sock.settimeout(timeout)
                self.sock.sendall(HEADER.pack(tag, len(payload)))
                self.sock.sendall(payload)
            except OSError as error:
                raise ChannelError(f"The other side does not read: {error}.") from error

    def recv(self, *, timeout: float | None = None) -> tuple[bytes, bytes]:
        """The next frame as (tag, payload).

        timeout: seconds to wait; what has come of a frame until then is kept for the next call.

        Raises TimeoutError, or ChannelError when the other side is gone or sends what is no frame.
        """
        until = None if timeout is None else time.monotonic() + timeout
        self._fill(HEADER.size, until)
        tag, length = HEADER.unpack_from(self._buffer)
        if length > self.frame_limit:
            raise ChannelError(f"Wanted at most {self.frame_limit} bytes in a frame, got {length}.")
        if self.total_limit is not None and self.received + length > self.total_limit:
            raise ChannelError(f"Wanted at most {self.total_limit} bytes in all, got more.")
        self._fill(HEADER.size + length, until)
        payload = bytes(self._buffer[HEADER.size : HEADER.size + length])
        del self._buffer[: HEADER.size + length]
        self.received += length
        return tag, payload

    def close(self) -> None:
        """Close the socket."""
        self.sock.close()

    def _fill(self, count: int, until: float | None) -> None:
        """Read until ``count`` bytes are there, never beyond them: the next frame may be another reader's."""
        while len(self._buffer) < count:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError("no whole frame yet")
            try:
                self.sock.settimeout(left)
                piece = self.sock.recv(min(count - len(self._buffer), 1 << 20))
            except TimeoutError:
                raise
            except OSError as error:
                raise ChannelError(f"The other side is gone: {error}.") from error
            if not piece:
                raise ChannelError("The other side is gone.")
            self._buffer += piece


_CHANNEL: Channel | None = None


def channel() -> Channel | None:
    """The channel to the grader that this process has inherited, or None (Colab, the book, a laptop)."""
    global _CHANNEL
    number = os.environ.get(CHANNEL_VARIABLE)
    if _CHANNEL is None and number:
        _CHANNEL = Channel(socket.socket(fileno=int(number)))
    return _CHANNEL
