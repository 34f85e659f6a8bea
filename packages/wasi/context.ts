/**
 * All that one guest's WASI calls act on: arguments, environment, streams, clock, chance, descriptors.
 *
 * A context belongs to one lease and dies with it: {@link WasiContext.close} lets go of every open file.
 */

import {
  bug,
  type ByteSink,
  type ByteSource,
  type Clock,
  emptySource,
  encodeUtf8,
  nullSink,
  type RandomSource,
  SkerryError,
} from "@skerry/base";
import {
  connectionDescriptor,
  type Descriptor,
  listenerDescriptor,
  type Mount,
} from "./descriptor.ts";
import { DescriptorTable } from "./descriptor_table.ts";
import type { FileSystem } from "./file_system.ts";
import { InputStream } from "./input_stream.ts";
import { type WasiLimits, wasiLimits } from "./limits.ts";
import { ListingBudget } from "./listing.ts";
import { WriteBudget } from "./write_budget.ts";
import { type StringBlock, stringBlock } from "./string_block.ts";
import { allRights, directoryRights, inputRights, outputRights } from "./rights.ts";
import type { SocketConnection, SocketListener } from "./socket.ts";

/** A directory that the guest finds open when it starts. */
export interface Preopen {
  /** The name that the guest knows it by, such as `/data`. */
  readonly guestPath: string;
  readonly fileSystem: FileSystem;
  /** Refuses every change with EROFS. A file system that is read-only stays so. */
  readonly readOnly?: boolean;
}

/**
 * What a context is made of. What is left out is empty. Streams and file systems are looked at when the guest
 * first uses them, for most of them it never does.
 */
export interface WasiContextOptions {
  /** The program's name first. */
  readonly args?: readonly string[];
  /** Variables by name; or a function that is asked for them when the guest is, for most never ask. */
  readonly env?: Readonly<Record<string, string>> | (() => Iterable<readonly [string, string]>);
  /** A stream that is closed is a descriptor that is not there (EBADF), and whose number is given to what is opened. */
  readonly stdin?: ByteSource | "closed";
  readonly stdout?: ByteSink | "closed";
  readonly stderr?: ByteSink | "closed";
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Sockets that listen: descriptors 3 and up, in this order. They are closed with the context, or by the guest. */
  readonly listeners?: readonly SocketListener[];
  /** The descriptors after these, in this order. */
  readonly preopens?: readonly Preopen[];
  readonly limits?: Partial<WasiLimits>;
}

/** The state of `wasi_snapshot_preview1` in one lease. */
export class WasiContext {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly limits: WasiLimits;
  readonly descriptors: DescriptorTable;
  readonly #options: WasiContextOptions;
  #args: StringBlock | undefined;
  #environ: StringBlock | undefined;
  #listings: ListingBudget | undefined;
  #writes: WriteBudget | undefined;

  constructor(options: WasiContextOptions) {
    const { args = [], env, listeners = [], preopens = [] } = options;
    for (const text of args) checkString("an argument", text);
    this.#options = options;
    this.limits = options.limits === undefined ? wasiLimits : withDefaults(options.limits);
    this.clock = options.clock;
    this.random = options.random;
    if (typeof env === "object") this.#environ = variables(Object.entries(env));
    this.descriptors = new DescriptorTable(
      this.limits.descriptorsMax,
      firstPreopen + listeners.length + preopens.length,
      (fd) => openFirst(options, fd),
    );
    // Whether or not the guest uses them, they are closed with the context.
    for (let index = 0; index < listeners.length; index += 1) {
      this.descriptors.get(firstPreopen + index);
    }
    const { stdin, stdout, stderr } = options;
    if (stdin === "closed") this.descriptors.omit(0);
    if (stdout === "closed") this.descriptors.omit(1);
    if (stderr === "closed") this.descriptors.omit(2);
  }

  /** The arguments. */
  get args(): StringBlock {
    return this.#args ??= stringBlock(this.#options.args ?? []);
  }

  /** The environment, each variable as `NAME=value`. */
  get environ(): StringBlock {
    const { env } = this.#options;
    return this.#environ ??= variables(typeof env === "function" ? env() : []);
  }

  /** What directory listings may hold. */
  get listings(): ListingBudget {
    return this.#listings ??= new ListingBudget(this.limits.listedEntriesMax);
  }

  /** What may still be written to files. */
  get writes(): WriteBudget {
    const { writtenBytesMax, madeNamesMax } = this.limits;
    return this.#writes ??= new WriteBudget(writtenBytesMax, madeNamesMax);
  }

  /**
   * Adds a connection under the lowest free number, as `sock_accept` would: for a host function of another interface
   * that gives a guest something to speak to. It is closed by the guest, or with the context.
   *
   * @throws ErrnoError EMFILE where no number is free; whether one is can be asked before, by {@link checkSpace}
   */
  addConnection(connection: SocketConnection): number {
    return this.descriptors.add(connectionDescriptor(connection, allRights, 0));
  }

  /** @throws ErrnoError EMFILE where the guest can have no further descriptor */
  checkSpace(): void {
    this.descriptors.checkSpace();
  }

  /** Closes every descriptor. Harmless when done twice; calls made after it find no descriptor. */
  close(): void {
    this.descriptors.closeAll();
  }
}

/**
 * Makes the context of one lease.
 *
 * @throws SkerryError SKERRY_USAGE where an argument or a variable cannot be told to a guest
 */
export function createWasiContext(options: WasiContextOptions): WasiContext {
  return new WasiContext(options);
}

/** Limits that were told, with the defaults for the others: the same object is told for each lease. */
const completed = new WeakMap<Partial<WasiLimits>, WasiLimits>();

function withDefaults(told: Partial<WasiLimits>): WasiLimits {
  let limits = completed.get(told);
  if (limits === undefined) completed.set(told, limits = { ...wasiLimits, ...told });
  return limits;
}

function checkString(what: string, text: string): void {
  if (text.includes("\0")) {
    throw new SkerryError("SKERRY_USAGE", `${what} for the guest holds a NUL character`, {
      remedy: "take the NUL out",
    });
  }
}

function variable([name, value]: readonly [string, string]): string {
  if (name === "" || name.includes("=")) {
    throw new SkerryError("SKERRY_USAGE", `"${name}" cannot name an environment variable`, {
      remedy: 'a name is not empty and holds no "="',
    });
  }
  const text = `${name}=${value}`;
  checkString(`the environment variable ${name}`, text);
  return text;
}

function variables(env: Iterable<readonly [string, string]>): StringBlock {
  return stringBlock(Array.from(env, variable));
}

/** The descriptor after the standard streams. */
const firstPreopen = 3;

/** Opens a descriptor that the guest begins with. */
function openFirst(options: WasiContextOptions, fd: number): Descriptor {
  if (fd === 0) return inputDescriptor(options.stdin);
  if (fd === 1) return outputDescriptor(options.stdout);
  if (fd === 2) return outputDescriptor(options.stderr);
  const { listeners = [], preopens = [] } = options;
  const listener = listeners[fd - firstPreopen];
  if (listener !== undefined) return listenerDescriptor(listener);
  const preopen = preopens[fd - firstPreopen - listeners.length] ?? bug("a preopen has gone");
  const { fileSystem } = preopen;
  // One number for all preopens of one file system.
  const first = preopens.findIndex((other) => other.fileSystem === fileSystem);
  return preopened(preopen, first + 1);
}

function inputDescriptor(source: WasiContextOptions["stdin"] = emptySource): Descriptor {
  if (source === "closed") return bug("a closed stream is not opened");
  const stream = new InputStream(source);
  return { kind: "input", stream, base: inputRights, inheriting: 0, flags: 0 };
}

function outputDescriptor(sink: WasiContextOptions["stdout"] = nullSink): Descriptor {
  if (sink === "closed") return bug("a closed stream is not opened");
  return { kind: "output", sink, base: outputRights, inheriting: 0, flags: 0 };
}

function preopened(preopen: Preopen, deviceNumber: number): Descriptor {
  const { fileSystem } = preopen;
  const mount: Mount = {
    deviceNumber,
    readOnly: fileSystem.readOnly || preopen.readOnly === true,
  };
  const preopenName = encodeUtf8(preopen.guestPath);
  const held = { base: directoryRights, inheriting: allRights, flags: 0 };
  return { kind: "directory", directory: fileSystem.root(), mount, preopenName, ...held };
}
