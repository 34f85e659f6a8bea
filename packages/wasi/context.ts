/**
 * All that one guest's WASI calls act on: arguments, environment, streams, clock, chance, descriptors.
 *
 * A context belongs to one lease and dies with it: {@link WasiContext.close} lets go of every open file.
 */

import {
  type ByteSink,
  type ByteSource,
  type Clock,
  emptySource,
  encodeUtf8,
  nullSink,
  type RandomSource,
  SkerryError,
} from "@skerry/base";
import type { Descriptor, Mount } from "./descriptor.ts";
import { DescriptorTable } from "./descriptor_table.ts";
import type { FileSystem } from "./file_system.ts";
import { InputStream } from "./input_stream.ts";
import { type WasiLimits, wasiLimits } from "./limits.ts";
import { ListingBudget } from "./listing.ts";
import { type StringBlock, stringBlock } from "./string_block.ts";
import { allRights, directoryRights, inputRights, outputRights } from "./rights.ts";

/** A directory that the guest finds open when it starts. */
export interface Preopen {
  /** The name that the guest knows it by, such as `/data`. */
  readonly guestPath: string;
  readonly fileSystem: FileSystem;
  /** Refuses every change with EROFS. A file system that is read-only stays so. */
  readonly readOnly?: boolean;
}

/** What a context is made of. What is left out is empty. */
export interface WasiContextOptions {
  /** The program's name first. */
  readonly args?: readonly string[];
  /** Variables by name; or a function that is asked for them when the guest is, for most never ask. */
  readonly env?: Readonly<Record<string, string>> | (() => Iterable<readonly [string, string]>);
  readonly stdin?: ByteSource;
  readonly stdout?: ByteSink;
  readonly stderr?: ByteSink;
  readonly clock: Clock;
  readonly random: RandomSource;
  /** Descriptors 3 and up, in this order. */
  readonly preopens?: readonly Preopen[];
  readonly limits?: Partial<WasiLimits>;
}

/** The state of `wasi_snapshot_preview1` in one lease. */
export class WasiContext {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly limits: WasiLimits;
  readonly descriptors: DescriptorTable;
  readonly listings: ListingBudget;
  readonly #argStrings: readonly string[];
  readonly #variables: () => string[];
  #args: StringBlock | undefined;
  #environ: StringBlock | undefined;

  constructor(options: WasiContextOptions) {
    this.limits = { ...wasiLimits, ...options.limits };
    const { args = [], env = {} } = options;
    for (const text of args) checkString("an argument", text);
    this.#argStrings = args;
    if (typeof env === "function") {
      this.#variables = () => Array.from(env(), variable);
    } else {
      const variables = Object.entries(env).map(variable);
      this.#variables = () => variables;
    }
    this.clock = options.clock;
    this.random = options.random;
    this.descriptors = new DescriptorTable(this.limits.descriptorsMax);
    this.listings = new ListingBudget(this.limits.listedEntriesMax);
    this.descriptors.add(inputDescriptor(options.stdin ?? emptySource));
    this.descriptors.add(outputDescriptor(options.stdout ?? nullSink));
    this.descriptors.add(outputDescriptor(options.stderr ?? nullSink));
    this.#preopen(options.preopens ?? []);
  }

  /** The arguments. */
  get args(): StringBlock {
    return this.#args ??= stringBlock(this.#argStrings);
  }

  /** The environment, each variable as `NAME=value`. */
  get environ(): StringBlock {
    return this.#environ ??= stringBlock(this.#variables());
  }

  /** Closes every descriptor. Harmless when done twice; calls made after it find no descriptor. */
  close(): void {
    this.descriptors.closeAll();
  }

  #preopen(preopens: readonly Preopen[]): void {
    const known: FileSystem[] = [];
    try {
      for (const preopen of preopens) {
        if (!known.includes(preopen.fileSystem)) known.push(preopen.fileSystem);
        this.descriptors.add(preopened(preopen, known.indexOf(preopen.fileSystem) + 1));
      }
    } catch (error) {
      this.close();
      throw error;
    }
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

function inputDescriptor(source: ByteSource): Descriptor {
  const stream = new InputStream(source);
  return { kind: "input", stream, base: inputRights, inheriting: 0, flags: 0 };
}

function outputDescriptor(sink: ByteSink): Descriptor {
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
