"""Small zip files, honest and hostile."""

from __future__ import annotations

import io
import stat
import zipfile


def zip_of(*members: tuple[str, bytes], stored: bool = False) -> bytes:
    """A zip file of these names and contents."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, archive.compression)
    return out.getvalue()


def zip_bomb(size_bytes: int) -> bytes:
    """An archive of one member of white space."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.xml", "w") as member:
        for _ in range(size_bytes >> 20):
            member.write(b" " * (1 << 20))
    return out.getvalue()


def nested_zips(depth: int, inner: bytes) -> bytes:
    """An archive in an archive in an archive."""
    data = zip_of(("inner.xml", inner))
    for level in range(depth):
        data = zip_of((f"{level}.zip", data), stored=True)
    return data


def locked_zip(name: str, content: bytes) -> bytes:
    """An archive whose member claims to be encrypted."""
    data = bytearray(zip_of((name, content)))
    data[6] |= 1
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    return bytes(data)


def zip_with_link(target: str) -> bytes:
    """An archive whose member is a link to another file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("a.xml")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, target)
    return out.getvalue()


def zip_that_lies(content: bytes) -> bytes:
    """An archive that says its member unpacks to ten bytes."""
    data = bytearray(zip_of(("a.xml", content)))
    central = data.index(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    return bytes(data)
