#!/usr/bin/env python3
"""Packs folders as an image: a docker archive, one layer a folder, the same bytes for the same content.

An unchanged archive is left untouched.
"""
import argparse
import hashlib
import io
import json
import os
import sys
import tarfile


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", help="the file to write")
    parser.add_argument("name", help="NAME:TAG")
    parser.add_argument("--layer", action="append", required=True, metavar="FOLDER[:TARGET]",
                        help="a folder, and where its content lies in the image (/ unless told)")
    parser.add_argument("--architecture", default="amd64")
    parser.add_argument("--entrypoint", nargs="+", required=True)
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--user", required=True)
    parser.add_argument("--port", nargs="*", default=[])
    return parser.parse_args()


def members(folder, target):
    """(path in the image, path here) of everything in the folder, parents first, in one order on every machine."""
    parents = [p for p in target.strip("/").split("/") if p]
    for i in range(len(parents)):
        yield "/".join(parents[:i + 1]), None
    for root, folders, files in os.walk(folder):
        folders.sort()
        # os.walk lists links to folders among the folders, but does not follow them.
        for name in sorted(folders + files):
            path = os.path.join(root, name)
            yield os.path.join(*parents, os.path.relpath(path, folder)), path


def normalise(member):
    """What differs from machine to machine goes: owner, time, the umask of who built it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    if not member.issym():
        executable = member.isdir() or member.mode & 0o100
        member.mode = (member.mode & 0o1000) | (0o777 if member.mode & 0o1000 else 0o755 if executable else 0o644)
    return member


def pack_layer(folder, target):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, path in members(folder, target):
            if path is None:
                member = tarfile.TarInfo(name)
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(member)
                continue
            member = normalise(tar.gettarinfo(path, name))
            if member.isreg():
                with open(path, "rb") as content:
                    tar.addfile(member, content)
            else:
                tar.addfile(member)
    return buffer.getvalue()


def configuration(options, layers):
    return json.dumps({
        "architecture": options.architecture,
        "os": "linux",
        "created": "1970-01-01T00:00:00Z",
        "config": {
            "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] + options.env,
            "Entrypoint": options.entrypoint,
            "User": options.user,
            "WorkingDir": "/",
            "ExposedPorts": {f"{port}/tcp": {} for port in options.port},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in layers]},
        "history": [{"created_by": "tests/cluster/images/pack.py"} for _ in layers],
    }, sort_keys=True).encode()


def current_manifest(archive):
    try:
        with tarfile.open(archive) as tar:
            return tar.extractfile("manifest.json").read()
    except (OSError, KeyError, tarfile.TarError):
        return None


def main():
    options = arguments()
    layers = {}
    for layer in options.layer:
        folder, _, target = layer.partition(":")
        content = pack_layer(folder, target)
        layers[hashlib.sha256(content).hexdigest()] = content
    config = configuration(options, layers)
    image_id = hashlib.sha256(config).hexdigest()
    manifest = json.dumps([{
        "Config": f"{image_id}.json",
        "RepoTags": [options.name],
        "Layers": [f"{digest}/layer.tar" for digest in layers],
    }]).encode()
    state = "unchanged"
    if current_manifest(options.archive) != manifest:
        state = "packed"
        partial = options.archive + ".partial"
        with tarfile.open(partial, "w", format=tarfile.GNU_FORMAT) as tar:
            # The manifest comes first, so that it can be read without reading the layers.
            contents = [("manifest.json", manifest), (f"{image_id}.json", config)]
            contents += [(f"{digest}/layer.tar", content) for digest, content in layers.items()]
            for name, content in contents:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
        os.replace(partial, options.archive)
    sizes = " + ".join(f"{len(content) / 1e6:.1f}" for content in layers.values())
    print(f"{options.name}  {sizes} MB  sha256:{image_id[:12]}  {state}", file=sys.stderr)


main()
