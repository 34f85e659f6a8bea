// Configuration and secrets: files that the host hands out in folders, read with WASI's own calls.

import { decodeText, encodeText } from "./encoding.js";
import { close, join, openFile, preopen, preopenName, read } from "./host.js";
import { callWith, viewOf } from "./skerry_pack.js";

const fileBytesMax = 1024 * 1024;

/** The names that hosts give such files. None of them leads out of its folder. */
const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** The first descriptor behind stdin, stdout and stderr. */
const firstPreopen = 3;

/** WASI's number of what is not there. */
const noEntry = 44;

/** What is configured under a name, as text, or undefined. */
export function config(name) {
  return textOf("/config", String(name));
}

/** The secret of a name, as text, or undefined. */
export function secret(name) {
  return textOf("/secrets", String(name));
}

function textOf(folder, name) {
  if (!nameForm.test(name)) throw new TypeError(`"${name}" is not a name of a file in ${folder}`);
  const path = `${folder}/${name}`;
  const fd = open(path);
  if (fd === undefined) return undefined;
  try {
    return decodeText(contentOf(fd, path));
  } finally {
    close(fd);
  }
}

function open(path) {
  const above = preopenAbove(path);
  if (above === undefined) return undefined;
  const [directory, opened] = [wordOf(above.fd), wordOf(0)];
  const rest = encodeText(path.slice(above.prefix.length));
  const { status, buffers } = callWith(openFile, directory, opened, rest);
  if (status === noEntry) return undefined;
  if (status !== 0) throw failure(path, status);
  return viewOf(buffers[1]).getUint32(0, true);
}

/** The folder that a path is in, of those that the program was handed: the one with the longest name, as in C. */
function preopenAbove(path) {
  let found;
  for (let fd = firstPreopen;; fd += 1) {
    const name = nameOfPreopen(fd);
    if (name === undefined) return found;
    const prefix = name.endsWith("/") ? name : `${name}/`;
    if (path.startsWith(prefix) && prefix.length > (found?.prefix.length ?? 0)) {
      found = { fd, prefix };
    }
  }
}

/** The name of a folder that the program was handed; undefined behind the last of them. */
function nameOfPreopen(fd) {
  const about = callWith(preopen, wordOf(fd), new Uint8Array(8));
  if (about.status !== 0) return undefined;
  const room = new Uint8Array(viewOf(about.buffers[1]).getUint32(4, true));
  const { status, buffers } = callWith(preopenName, wordOf(fd), room);
  return status === 0 ? decodeText(buffers[1]) : undefined;
}

function contentOf(fd, path) {
  const pieces = [];
  for (let size = 0;;) {
    const piece = read(fd, 65536);
    if (typeof piece === "number") throw failure(path, piece);
    if (piece.length === 0) return join(pieces);
    size += piece.length;
    if (size > fileBytesMax) throw new RangeError(`${path} is larger than ${fileBytesMax} bytes`);
    pieces.push(piece);
  }
}

function wordOf(number) {
  return new Uint8Array(Uint32Array.of(number).buffer);
}

function failure(path, errno) {
  return new Error(`${path} cannot be read (WASI error ${errno})`);
}
