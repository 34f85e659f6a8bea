/** What a descriptor is and may do. */

import { allRights, rights } from "../../rights.ts";
import { checkSize, safeMax } from "./model_transfer.ts";
import type { ModelCalls, ModelState } from "./model_state.ts";
import { refuse, setSize } from "./model_tree.ts";

/** What these calls do. */
export function descriptorCalls(state: ModelState) {
  return {
    fd_close: ([fd]: [number]) => {
      state.descriptor(fd);
      return () => void state.descriptors.delete(fd >>> 0);
    },
    fd_renumber: ([from, to]: [number, number]) => {
      const moved = state.descriptor(from);
      state.descriptor(to);
      return () => {
        if (moved === undefined || from === to) return;
        state.descriptors.delete(from >>> 0);
        state.descriptors.set(to >>> 0, moved);
      };
    },
    fd_fdstat_get: ([fd, result]: [number, number]) => {
      state.room(result, 24);
      const found = state.descriptor(fd);
      return () => {
        if (found === undefined) return;
        const at = result >>> 0;
        state.memory.write(at, new Uint8Array(24));
        state.memory.writeU8(at, { file: 4, directory: 3, input: 0, output: 0 }[found.kind]);
        state.memory.writeU8(at + 2, found.flags);
        state.memory.writeU32(at + 8, found.base);
        state.memory.writeU32(at + 16, found.inheriting);
      };
    },
    fd_fdstat_set_flags: ([fd, flags]: [number, number]) => {
      state.need((flags & ~5) === 0, "EINVAL");
      const found = state.descriptor(fd, rights.fdFdstatSetFlags);
      state.need(found?.kind !== "directory", "EBADF");
      return () => {
        if (found !== undefined) found.flags = (found.flags & ~5) | flags;
      };
    },
    fd_fdstat_set_rights: ([fd, base, inheriting]: [number, bigint, bigint]) => {
      const found = state.descriptor(fd);
      const [one, two] = [base, inheriting].map((set) => Number(set & BigInt(allRights)));
      if (found !== undefined) {
        const added = ((one ?? 0) & ~found.base) | ((two ?? 0) & ~found.inheriting);
        state.need(added === 0, "ENOTCAPABLE");
      }
      return () => {
        if (found !== undefined) [found.base, found.inheriting] = [one ?? 0, two ?? 0];
      };
    },
    fd_filestat_get: ([fd, result]: [number, number]) => {
      state.room(result, 64);
      const found = state.descriptor(fd, rights.fdFilestatGet);
      return () => {
        if (found !== undefined) state.stat(result >>> 0, "node" in found ? found.node : "stream");
      };
    },
    fd_filestat_set_size: ([fd, size]: [number, bigint]) => {
      const wanted = BigInt.asUintN(64, size);
      state.need(wanted <= BigInt(safeMax), "EINVAL");
      const file = state.file("fd_filestat_set_size", fd, { directory: "EBADF", stream: "EBADF" });
      return (errno) => {
        checkSize(state, Number(wanted), errno);
        setSize(file.node, Number(wanted));
      };
    },
    fd_filestat_set_times: ([fd, accessed, modified, flags]: [number, bigint, bigint, number]) => {
      const set = state.times(accessed, modified, flags);
      const found = state.descriptor(fd, rights.fdFilestatSetTimes);
      if (found !== undefined) state.need("node" in found, "EBADF");
      return () => {
        if (found === undefined || !("node" in found)) return;
        if (found.mount.readOnly) refuse("EROFS");
        set(found.node);
      };
    },
    fd_advise: ([fd, , , advice]: [number, bigint, bigint, number]) => {
      state.need(advice >= 0 && advice <= 5, "EINVAL");
      state.file("fd_advise", fd, { directory: "EBADF", stream: "EBADF" });
      return () => {};
    },
    fd_allocate: ([fd, offset, length]: [number, bigint, bigint]) => {
      const [from, bytes] = [BigInt.asUintN(64, offset), BigInt.asUintN(64, length)];
      state.need(from <= BigInt(safeMax) && bytes <= BigInt(safeMax) && bytes > 0n, "EINVAL");
      const file = state.file("fd_allocate", fd, { directory: "EBADF", stream: "EBADF" });
      return (errno) => {
        if (from + bytes > BigInt(safeMax)) refuse("EFBIG");
        checkSize(state, Number(from + bytes), errno);
        const { allocateBytesMax } = state.traits;
        const tooMuch = allocateBytesMax === "its own"
          ? Number(bytes) > 2 ** 20 && errno === "ENOSPC"
          : Number(bytes) > allocateBytesMax;
        if (tooMuch) refuse("ENOSPC");
        delete file.node.modifiedNs;
        if (from + bytes > BigInt(file.node.size)) setSize(file.node, Number(from + bytes));
      };
    },
    fd_sync: ([fd]: [number]) => sync(state, fd, rights.fdSync),
    fd_datasync: ([fd]: [number]) => sync(state, fd, rights.fdDatasync),
    fd_prestat_get: ([fd, result]: [number, number]) => {
      state.room(result, 8);
      const found = state.descriptor(fd);
      const name = found?.kind === "directory" ? found.name : undefined;
      state.need(name !== undefined, "EBADF");
      return () => {
        state.memory.writeU32(result, 0);
        state.memory.writeU32((result >>> 0) + 4, (name ?? "").length);
      };
    },
    fd_prestat_dir_name: ([fd, buffer, length]: [number, number, number]) => {
      state.room(buffer, length);
      const found = state.descriptor(fd);
      const name = found?.kind === "directory" ? found.name : undefined;
      if (found !== undefined) state.need(name !== undefined, "ENOTDIR");
      state.need(length >>> 0 >= (name ?? "").length, "ENAMETOOLONG");
      return () => state.memory.write(buffer, new TextEncoder().encode(name));
    },
  } satisfies Partial<ModelCalls>;
}

function sync(state: ModelState, fd: number, right: number): () => void {
  const found = state.descriptor(fd, right);
  if (found !== undefined) state.need("node" in found, "EBADF");
  return () => {};
}
