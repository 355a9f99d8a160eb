"""Where a SQLite file lies: a file system of the network can lose or bend what SQLite writes."""

from pathlib import Path

MOUNTS = Path("/proc/mounts")
"""Which file systems are where, on Linux."""

_OF_THE_NETWORK = frozenset(
    "nfs nfs3 nfs4 cifs smb smb2 smb3 smbfs afs ncpfs ceph glusterfs lustre beegfs gpfs davfs fuse.sshfs "
    "fuse.davfs2 fuse.rclone fuse.s3fs fuse.glusterfs fuse.ceph fuse.smbnetfs fuse.gcsfuse".split()
)


def network_file_system(path: Path, mounts: str | None = None) -> str:
    """Return the kind of network file system that a path is on; empty for none, or where it is not known.

    Args:
        path: A file, which need not be there yet.
        mounts: The content of `/proc/mounts`; None for that of this machine.
    """
    try:
        listed = MOUNTS.read_text(encoding="utf-8", errors="replace") if mounts is None else mounts
    except OSError:
        return ""
    nearest, kind = "", ""
    place = path.absolute().resolve()
    for line in listed.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        # Of two that are mounted on the same point the later one is in force.
        if place.is_relative_to(point) and len(point) >= len(nearest):
            nearest, kind = point, fields[2]
    return kind if kind in _OF_THE_NETWORK else ""
