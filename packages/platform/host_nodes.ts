/** Nodes of the host but directories: files, symbolic links, and what can only be looked at. */

import { fail } from "@skerry/base";
import type { FileAccess, FileNode, FileStat, FileTimes, FileType, OpenFile } from "@skerry/wasi";
import { attempt } from "./host_errno.ts";
import type { Pin } from "./host_pin.ts";
import { fileStat, seconds } from "./host_stat.ts";
import { accessFlags, OpenHostFile } from "./open_host_file.ts";

/** What all nodes have in common. */
export class HostNode {
  readonly pin: Pin;
  readonly readOnly: boolean;

  constructor(pin: Pin, readOnly: boolean) {
    this.pin = pin;
    this.readOnly = readOnly;
  }

  stat(): FileStat {
    return attempt(() => fileStat(this.pin.stat()));
  }

  setTimes(times: FileTimes): void {
    this.checkWritable();
    attempt(() => this.pin.setTimes(...seconds(times, this.pin.stat())));
  }

  release(): void {
    this.pin.release();
  }

  checkWritable(): void {
    if (this.readOnly) fail("EROFS");
  }
}

/** A regular file. */
export class HostFile extends HostNode implements FileNode {
  readonly type = "regularFile";

  open(access: FileAccess): OpenFile {
    if (access !== "read") this.checkWritable();
    return attempt(() => new OpenHostFile(this.pin.open(accessFlags[access])));
  }
}

/** A symbolic link. One whose text is not UTF-8 can be looked at, not followed or read (EILSEQ). */
export class HostSymlink extends HostNode {
  readonly type = "symbolicLink";
  readonly #target: string | undefined;

  constructor(pin: Pin, readOnly: boolean, target: string | undefined) {
    super(pin, readOnly);
    this.#target = target;
  }

  target(): string {
    return this.#target ?? fail("EILSEQ");
  }
}

/** A pipe, a device, a socket, or what else the host may have: never opened. */
export class HostSpecial extends HostNode {
  readonly type: Exclude<FileType, "regularFile" | "symbolicLink" | "directory">;

  constructor(pin: Pin, readOnly: boolean, type: HostSpecial["type"]) {
    super(pin, readOnly);
    this.type = type;
  }
}
