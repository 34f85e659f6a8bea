/** Calls on paths. */

import { allRights, directoryRights, fileRights, rights, writingRights } from "../../rights.ts";
import type { ModelCalls, ModelDescriptor, ModelState } from "./model_state.ts";
import {
  addName,
  dropName,
  type ModelNode,
  newDirectory,
  newFile,
  refuse,
  Refused,
  rename,
  setSize,
  type Spot,
} from "./model_tree.ts";

/** What these calls do. */
export function pathCalls(state: ModelState) {
  return {
    path_create_directory: ([fd, path, length]: [number, number, number]) => {
      const at = state.at(fd, path, length, rights.pathCreateDirectory, "never");
      return () => {
        const spot = at.spot();
        if (spot.kind === "dots" || spot.node !== undefined) return refuse("EEXIST");
        at.writable();
        addName(spot.directory, spot.name, newDirectory(spot.directory));
      };
    },
    path_remove_directory: ([fd, path, length]: [number, number, number]) => {
      const at = state.at(fd, path, length, rights.pathRemoveDirectory, "never");
      return () => {
        const spot = at.spot();
        if (spot.kind === "dots") return refuse(spot.dots === "." ? "EINVAL" : "ENOTEMPTY");
        const node = spot.node ?? refuse("ENOENT");
        if (node.kind !== "directory") return refuse("ENOTDIR");
        at.writable();
        if (node.entries.size > 0) refuse("ENOTEMPTY");
        dropName(spot.directory, spot.name);
      };
    },
    path_unlink_file: ([fd, path, length]: [number, number, number]) => {
      const at = state.at(fd, path, length, rights.pathUnlinkFile, "never");
      return () => {
        const spot = at.spot();
        const node = spot.node ?? refuse("ENOENT");
        if (spot.kind === "dots" || node.kind === "directory") return refuse("EISDIR");
        if (spot.slash) refuse("ENOTDIR");
        at.writable();
        dropName(spot.directory, spot.name);
      };
    },
    path_symlink: (
      [target, targetLength, fd, path, length]: [number, number, number, number, number],
    ) => {
      let text = "";
      try {
        text = state.text(target, targetLength);
        state.need(!text.startsWith("/"), "EPERM");
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
      const at = state.at(fd, path, length, rights.pathSymlink, "never");
      return () => {
        const spot = newName(at.spot());
        at.writable();
        addName(spot.directory, spot.name, { kind: "link", links: 1, target: text });
      };
    },
    path_readlink: (
      [fd, path, length, buffer, room, result]: [number, number, number, number, number, number],
    ) => {
      state.room(buffer, room);
      state.room(result, 4);
      const at = state.at(fd, path, length, rights.pathReadlink, "slashed");
      return () => {
        const node = existing(at.spot());
        if (node.kind !== "link") return refuse("EINVAL");
        const bytes = new TextEncoder().encode(node.target).subarray(0, room >>> 0);
        state.memory.write(buffer, bytes);
        state.memory.writeU32(result, bytes.length);
      };
    },
    path_link: (
      [oldFd, flags, old, oldLength, newFd, path, length]: [
        number,
        number,
        number,
        number,
        number,
        number,
        number,
      ],
    ) => {
      state.need(flags === 0, "EINVAL");
      const from = state.at(oldFd, old, oldLength, rights.pathLinkSource, "never");
      const to = state.at(newFd, path, length, rights.pathLinkTarget, "never");
      state.oneFileSystem(oldFd, newFd);
      return () => {
        const [source, spot] = [from.spot(), to.spot()];
        existing(source);
        const target = newName(spot);
        if (source.kind === "dots" || source.node?.kind === "directory") return refuse("EPERM");
        from.writable();
        to.writable();
        const node = source.node ?? refuse("ENOENT");
        addName(target.directory, target.name, node);
        node.links += 1;
      };
    },
    path_rename: (
      [oldFd, old, oldLength, newFd, path, length]: [
        number,
        number,
        number,
        number,
        number,
        number,
      ],
    ) => {
      const from = state.at(oldFd, old, oldLength, rights.pathRenameSource, "never");
      const to = state.at(newFd, path, length, rights.pathRenameTarget, "never");
      state.oneFileSystem(oldFd, newFd);
      return () => {
        const [source, target] = [from.spot(), to.spot()];
        if (source.kind === "dots" || target.kind === "dots") return refuse("EBUSY");
        const node = source.node ?? refuse("ENOENT");
        if (node.kind !== "directory" && (source.slash || target.slash)) refuse("ENOTDIR");
        from.writable();
        to.writable();
        rename(source, target);
      };
    },
    path_filestat_get: (
      [fd, flags, path, length, result]: [number, number, number, number, number],
    ) => {
      state.need((flags & ~1) === 0, "EINVAL");
      state.room(result, 64);
      const at = state.at(
        fd,
        path,
        length,
        rights.pathFilestatGet,
        flags === 1 ? "always" : "slashed",
      );
      return () => state.stat(result >>> 0, existing(at.spot()));
    },
    path_filestat_set_times: (
      [fd, flags, path, length, accessed, modified, timeFlags]: [
        number,
        number,
        number,
        number,
        bigint,
        bigint,
        number,
      ],
    ) => {
      state.need((flags & ~1) === 0, "EINVAL");
      const set = state.times(accessed, modified, timeFlags);
      const follow = flags === 1 ? "always" : "slashed";
      const at = state.at(fd, path, length, rights.pathFilestatSetTimes, follow);
      return () => {
        const node = existing(at.spot());
        at.writable();
        set(node);
      };
    },
    path_open: (
      [fd, lookup, path, length, oflags, base, inheriting, fdflags, result]: [
        number,
        number,
        number,
        number,
        number,
        bigint,
        bigint,
        number,
        number,
      ],
    ) => {
      state.room(result, 4);
      const [creat, directory, excl, trunc] = [1, 2, 4, 8].map((bit) => (oflags & bit) !== 0);
      state.need((lookup & ~1) === 0 && (oflags & ~15) === 0 && (fdflags & ~31) === 0, "EINVAL");
      state.need(!(directory && (creat || excl || trunc)), "EINVAL");
      state.need(state.descriptors.size < state.traits.descriptorsMax, "EMFILE");
      const right = rights.pathOpen | (creat ? rights.pathCreateFile : 0) |
        (trunc ? rights.pathFilestatSetSize : 0);
      const follow = creat && excl ? "never" : lookup === 1 ? "always" : "slashed";
      const at = state.at(fd, path, length, right, follow);
      const [one = 0, two = 0] = [base, inheriting].map((set) => Number(set & BigInt(allRights)));
      const opened = state.descriptors.get(fd >>> 0);
      if (opened !== undefined) state.need(((one | two) & ~opened.inheriting) === 0, "ENOTCAPABLE");
      return () => {
        const spot = at.spot();
        const writes = (one & rights.fdWrite) !== 0;
        const held = {
          base: one & fileRights & ~(writes ? 0 : writingRights),
          inheriting: 0,
          flags: fdflags,
        };
        const { mount } = at.from;
        const add = (added: ModelDescriptor) => {
          const number = state.freeNumber();
          state.descriptors.set(number, added);
          state.memory.writeU32(result, number);
        };
        const { node } = spot;
        if (node === undefined) {
          if (spot.kind === "dots" || !creat) return refuse("ENOENT");
          if (spot.slash) refuse("EISDIR");
          at.writable();
          const file = newFile();
          addName(spot.directory, spot.name, file);
          return add({ kind: "file", node: file, mount, position: 0, ...held });
        }
        if (creat && excl) refuse("EEXIST");
        const slash = spot.kind === "name" && spot.slash;
        if ((slash || directory) && node.kind !== "directory") refuse("ENOTDIR");
        if (node.kind === "link") return refuse("ELOOP");
        if (node.kind === "directory") {
          if (writes || creat || trunc) refuse("EISDIR");
          return add({
            kind: "directory",
            node,
            mount,
            base: one & directoryRights,
            inheriting: two,
            flags: 0,
          });
        }
        if (writes || trunc) at.writable();
        if (trunc) setSize(node, 0);
        add({ kind: "file", node, mount, position: 0, ...held });
      };
    },
  } satisfies Partial<ModelCalls>;
}

function existing(spot: Spot): ModelNode {
  const node = spot.node ?? refuse("ENOENT");
  if (spot.kind === "name" && spot.slash && node.kind !== "directory") refuse("ENOTDIR");
  return node;
}

function newName(spot: Spot): Extract<Spot, { kind: "name" }> {
  if (spot.node !== undefined) refuse("EEXIST");
  if (spot.kind === "dots" || spot.slash) return refuse("ENOENT");
  return spot;
}
