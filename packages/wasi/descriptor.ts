/** What a guest's file descriptor stands for. */

import type { ByteSink } from "@skerry/base";
import { Acceptor } from "./acceptor.ts";
import type { DirectoryNode, FileStat, OpenFile } from "./file_system.ts";
import { InputStream } from "./input_stream.ts";
import type { Listing } from "./listing.ts";
import { connectionRights, listenerRights } from "./rights.ts";
import type { SocketConnection, SocketListener } from "./socket.ts";
import { SocketOutput } from "./socket_output.ts";

/** A file system as one preopen sees it. */
export interface Mount {
  /** Same for all preopens of one file system: names can be moved and linked between these alone. */
  readonly deviceNumber: number;
  readonly readOnly: boolean;
}

interface Permissions {
  /** Rights (rights.ts) that hold for the descriptor itself. */
  base: number;
  /** Rights that descriptors opened through it can have. */
  inheriting: number;
  /** `$fdflags`. */
  flags: number;
}

/** Standard input. */
export interface InputDescriptor extends Permissions {
  readonly kind: "input";
  readonly stream: InputStream;
}

/** Standard output or standard error. */
export interface OutputDescriptor extends Permissions {
  readonly kind: "output";
  readonly sink: ByteSink;
}

/** An open file. */
export interface FileDescriptor extends Permissions {
  readonly kind: "file";
  readonly file: OpenFile;
  readonly mount: Mount;
  position: number;
}

/** An open directory. */
export interface DirectoryDescriptor extends Permissions {
  readonly kind: "directory";
  readonly directory: DirectoryNode;
  readonly mount: Mount;
  /** UTF-8 of the name that a preopen goes by. */
  readonly preopenName?: Uint8Array;
  /** What `fd_readdir` is reading. */
  listing?: Listing;
}

/** A socket that listens. */
export interface ListenerDescriptor extends Permissions {
  readonly kind: "listener";
  readonly acceptor: Acceptor;
}

/** A connection that was accepted, or that the host has added. */
export interface ConnectionDescriptor extends Permissions {
  readonly kind: "connection";
  readonly connection: SocketConnection;
  /** What the peer sends; at its end once the guest wants no more of it. */
  stream: InputStream;
  readonly output: SocketOutput;
}

/** Any descriptor. */
export type Descriptor =
  | InputDescriptor
  | OutputDescriptor
  | FileDescriptor
  | DirectoryDescriptor
  | ListenerDescriptor
  | ConnectionDescriptor;

/** A socket that listens as a descriptor. */
export function listenerDescriptor(listener: SocketListener): ListenerDescriptor {
  const held = { base: listenerRights, inheriting: connectionRights, flags: 0 };
  return { kind: "listener", acceptor: new Acceptor(listener), ...held };
}

/** A connection as a descriptor, with those rights of a connection that it may have. */
export function connectionDescriptor(
  connection: SocketConnection,
  rights: number,
  flags: number,
): ConnectionDescriptor {
  return {
    kind: "connection",
    connection,
    stream: new InputStream(connection),
    output: new SocketOutput(connection),
    base: connectionRights & rights,
    inheriting: 0,
    flags,
  };
}

/** A stat as the guest sees it: devices of different mounts never look the same. */
export function statOnMount(stat: FileStat, mount: Mount): FileStat {
  device.setBigUint64(0, stat.device, true);
  device.setUint32(4, mount.deviceNumber, true);
  return { ...stat, device: device.getBigUint64(0, true) };
}

/** Where the number is put together: each step of doing so with bigints would make another one. */
const device = new DataView(new ArrayBuffer(8));

/** Lets go of what a descriptor holds. */
export function closeDescriptor(descriptor: Descriptor): void {
  switch (descriptor.kind) {
    case "file":
      return descriptor.file.close();
    case "directory":
      descriptor.listing?.release();
      return descriptor.directory.release();
    case "listener":
      return descriptor.acceptor.close();
    case "connection":
      return descriptor.connection.close();
    case "input":
    case "output":
      return;
  }
}
