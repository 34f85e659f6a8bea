/** A file of the host that a guest has open. Calls block the thread. */

import fs from "node:fs";
import { fail } from "@skerry/base";
import type { FileAccess, FileStat, FileTimes, OpenFile } from "@skerry/wasi";
import { attempt } from "./host_errno.ts";
import type { HostStats } from "./host_stat.ts";
import { fileStat, seconds } from "./host_stat.ts";
import { readAt, writeAt } from "./host_transfer.ts";
import { libc } from "./libc.ts";
import { statx } from "./statx.ts";

const { O_RDONLY, O_RDWR, O_WRONLY } = fs.constants;

/** The flags of open(2) for each kind of access. */
export const accessFlags: Readonly<Record<FileAccess, number>> = {
  read: O_RDONLY,
  write: O_WRONLY,
  readWrite: O_RDWR,
};

/** A regular file by its descriptor. */
export class OpenHostFile implements OpenFile {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  stat(): FileStat {
    return attempt(() => fileStat(this.#stat()));
  }

  setTimes(times: FileTimes): void {
    attempt(() => fs.futimesSync(this.#fd, ...seconds(times, this.#stat())));
  }

  read(target: Uint8Array, offset: number): number {
    return attempt(() => {
      let done = 0;
      // A file of the host can be longer than numbers count (tmpfs has no bound); there it ends, for us.
      while (done < target.length && Number.isSafeInteger(offset + done)) {
        const rest = done === 0 ? target : target.subarray(done);
        const count = readAt(this.#fd, rest, offset + done);
        if (count === 0) break;
        done += count;
      }
      return done;
    });
  }

  write(bytes: Uint8Array, offset: number): number {
    if (!Number.isSafeInteger(offset + bytes.length)) fail("EFBIG");
    return attempt(() => writeAt(this.#fd, bytes, offset));
  }

  setSize(bytes: number): void {
    attempt(() => fs.ftruncateSync(this.#fd, bytes));
  }

  /** The runtime cannot reserve space: the file is as long as asked for, and its new part is a hole. */
  allocate(offset: number, length: number): void {
    if (this.stat().bytes < BigInt(offset + length)) this.setSize(offset + length);
  }

  sync(what: "data" | "all"): void {
    attempt(() => what === "data" ? fs.fdatasyncSync(this.#fd) : fs.fsyncSync(this.#fd));
  }

  close(): void {
    attempt(() => fs.closeSync(this.#fd));
  }

  #stat(): HostStats {
    const calls = libc();
    return (calls && statx(calls, this.#fd, "")) ?? fs.fstatSync(this.#fd, { bigint: true });
  }
}
