"""A lock that the kernel releases when its holder dies, and that can be looked at without being touched."""

from __future__ import annotations

import errno
import fcntl
import os
import struct

_WHOLE_FILE = struct.Struct("hhqqi0q")  # struct flock: type, whence, start, length, pid


def take(path: str) -> int | None:
    """Take the lock for the life of this process, or return None when somebody else holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _WHOLE_FILE.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
    except OSError as error:
        os.close(descriptor)
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return None
        raise
    return descriptor


def is_held(path: str) -> bool:
    """Whether somebody holds the lock. Asks the kernel; a trial lock could make the true holder fail."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        question = _WHOLE_FILE.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        answer = _WHOLE_FILE.unpack(fcntl.fcntl(descriptor, fcntl.F_OFD_GETLK, question))
    finally:
        os.close(descriptor)
    return bool(answer[0] != fcntl.F_UNLCK)
