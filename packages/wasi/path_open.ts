/** `path_open`: from a path, flags and rights to a new descriptor. */

import { fail } from "@skerry/base";
import { checkRight, checkWritable, directoryAt, readFlags, readPath } from "./arguments.ts";
import { call } from "./call.ts";
import { readLookup } from "./calls_path.ts";
import type { Descriptor, DirectoryDescriptor } from "./descriptor.ts";
import type { FileAccess, FsNode, OpenFile } from "./file_system.ts";
import { fdflags, oflags } from "./layout.ts";
import { atPath, type LastLink, type Place } from "./path_resolve.ts";
import { directoryRights, fileRights, rights, rightsFromGuest, writingRights } from "./rights.ts";
import type { WriteBudget } from "./write_budget.ts";

const allFdflags = Object.values(fdflags).reduce((all, flag) => all | flag, 0);
const allOflags = Object.values(oflags).reduce((all, flag) => all | flag, 0);

interface Request {
  readonly writes: WriteBudget;
  readonly from: DirectoryDescriptor;
  readonly oflags: number;
  readonly fdflags: number;
  readonly base: number;
  readonly inheriting: number;
}

export const pathOpen = call(
  ["i32", "i32", "i32", "i32", "i32", "i64", "i64", "i32", "i32"],
  (guest, fd, lookup, path, length, openFlags, base, inheriting, descriptorFlags, result) => {
    const { memory, state } = guest;
    memory.check(result, 4);
    const request: Request = {
      writes: state.writes,
      from: directoryAt(guest, fd, rights.pathOpen),
      oflags: readFlags(openFlags, allOflags),
      fdflags: readFlags(descriptorFlags, allFdflags),
      base: rightsFromGuest(base),
      inheriting: rightsFromGuest(inheriting),
    };
    const follow = readLookup(lookup);
    checkRequest(request);
    state.descriptors.checkSpace();
    const exclusive = has(request, oflags.creat) && has(request, oflags.excl);
    const lastLink: LastLink = exclusive ? "never" : follow;
    const { directory } = request.from;
    const opened = atPath(
      directory,
      readPath(guest, path, length),
      lastLink,
      (place) => open(request, place),
    );
    memory.writeU32(result, state.descriptors.add(opened));
  },
);

function has(request: Request, flag: number): boolean {
  return (request.oflags & flag) !== 0;
}

/** What can be refused before the path is looked at. */
function checkRequest(request: Request): void {
  const creates = oflags.creat | oflags.excl | oflags.trunc;
  if (has(request, oflags.directory) && has(request, creates)) fail("EINVAL");
  if (has(request, oflags.creat)) checkRight(request.from, rights.pathCreateFile);
  if (has(request, oflags.trunc)) checkRight(request.from, rights.pathFilestatSetSize);
  const wanted = request.base | request.inheriting;
  if ((wanted & ~request.from.inheriting) !== 0) fail("ENOTCAPABLE");
}

function open(request: Request, place: Place): Descriptor {
  if (place.node !== undefined) return openNode(request, place, place.node);
  if (place.kind !== "name" || !has(request, oflags.creat)) return fail("ENOENT");
  if (place.slash) return fail("EISDIR");
  checkWritable(request.from.mount);
  const make = () => place.parent.createFile(place.name, accessOf(request));
  return fileDescriptor(request, request.writes.name(make));
}

function openNode(request: Request, place: Place, node: FsNode): Descriptor {
  if (has(request, oflags.creat) && has(request, oflags.excl)) fail("EEXIST");
  const slash = place.kind === "name" && place.slash;
  if ((slash || has(request, oflags.directory)) && node.type !== "directory") fail("ENOTDIR");
  switch (node.type) {
    case "directory": {
      const writes = (request.base & rights.fdWrite) !== 0;
      if (writes || has(request, oflags.creat | oflags.trunc)) fail("EISDIR");
      const base = request.base & directoryRights;
      const { inheriting, from: { mount } } = request;
      return {
        kind: "directory",
        directory: node.again(),
        mount,
        base,
        inheriting,
        flags: 0,
      };
    }
    case "regularFile":
      return openFile(request, () => node.open(accessOf(request)));
    case "symbolicLink":
      return fail("ELOOP");
    default:
      // A pipe or a device could block the thread, or do things when opened.
      return fail("EACCES");
  }
}

function openFile(request: Request, openNow: () => OpenFile): Descriptor {
  if (accessOf(request) !== "read") checkWritable(request.from.mount);
  const file = openNow();
  if (has(request, oflags.trunc)) {
    try {
      file.setSize(0);
    } catch (error) {
      file.close();
      throw error;
    }
  }
  return fileDescriptor(request, file);
}

/** Cutting a file needs it open for writing, whatever rights the descriptor is to have. */
function accessOf(request: Request): FileAccess {
  const writes = (request.base & rights.fdWrite) !== 0 || has(request, oflags.trunc);
  const reads = (request.base & rights.fdRead) !== 0;
  if (writes) return reads ? "readWrite" : "write";
  return "read";
}

function fileDescriptor(request: Request, file: OpenFile): Descriptor {
  // Without FD_WRITE the file may not be open for writing, so what needs that is not granted either.
  const dropped = (request.base & rights.fdWrite) === 0 ? writingRights : 0;
  const base = request.base & fileRights & ~dropped;
  const { fdflags: flags, from: { mount } } = request;
  return { kind: "file", file, mount, position: 0, base, inheriting: 0, flags };
}
