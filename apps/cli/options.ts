/** Command-line values, read and refused with what was expected. */

import {
  type ClockPolicy,
  clockPolicyForms,
  parseClockPolicy,
  parseDuration,
  parseSize,
} from "@skerry/base";
import { requestsLogged } from "@skerry/edge";
import { type InheritedSocket, type ListenAddress, parseListenAddress } from "@skerry/platform";
import { InvalidArgumentError, Option } from "commander";

/** A directory that the command line hands over. */
export interface DirectoryOption {
  readonly guest: string;
  readonly host: string;
  /** `cow`: what a run or request writes is its own, and gone after it. */
  readonly mode: "ro" | "rw" | "cow";
  /** What the option says, where it comes from the command line. */
  readonly written?: string;
}

/** What `--dir` takes, as wasmtime has it. */
export const directoryFlags = "--dir <HOST[::GUEST][:ro|:cow]>";

/** What `--env` takes, as wasmtime has it. */
export const envFlags = "--env <NAME[=VALUE]>";

/** `NAME=VALUE`, or `NAME` for the value that it has here (if it has one), collected. */
export function collectEnv(
  text: string,
  previous: ReadonlyMap<string, string>,
): Map<string, string> {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  if (name === "") throw new InvalidArgumentError("expected NAME=VALUE or NAME");
  const value = equals < 0 ? Deno.env.get(name) : text.slice(equals + 1);
  return value === undefined ? new Map(previous) : new Map([...previous, [name, value]]);
}

/** `HOST::GUEST[:ro]`, or one path for both, collected. */
export function collectDirectory(
  text: string,
  previous: readonly DirectoryOption[],
): DirectoryOption[] {
  const mode = text.endsWith(":ro") ? "ro" : text.endsWith(":cow") ? "cow" : "rw";
  const paths = text.replace(/:(ro|rw|cow)$/, "");
  const [host = "", guest = host, ...more] = paths.split("::");
  if (guest === "" || host === "" || more.length > 0) {
    throw new InvalidArgumentError(
      "expected HOST, HOST::GUEST or HOST::GUEST:ro, such as ./data::/data:ro",
    );
  }
  return [...previous, { guest, host, mode, written: text }];
}

/** A size of memory in bytes. */
export function sizeOption(text: string): number {
  const bytes = parseSize(text);
  if (bytes === undefined || bytes < 65_536) {
    throw new InvalidArgumentError("expected a size of at least 64KiB, such as 64MiB");
  }
  return bytes;
}

/** A size in bytes, or 0. */
export function sizeOrNoneOption(text: string): number {
  return text === "0" ? 0 : sizeOption(text);
}

/** A number of things, at least one. */
export function countOption(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("expected 1 to 999");
  return Number(text);
}

/** A duration in milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) {
    throw new InvalidArgumentError("expected a duration such as 5s or 250ms, of at most 24 days");
  }
  return ms;
}

/** Which time a guest is shown. */
export function clockOption(text: string): ClockPolicy {
  const policy = parseClockPolicy(text);
  if (policy === undefined) throw new InvalidArgumentError(`expected ${clockPolicyForms}`);
  return policy;
}

/** What random numbers begin with. */
export function seedOption(text: string): bigint {
  const seed = /^(\d{1,20}|0x[0-9a-fA-F]{1,16})$/.test(text) ? BigInt(text) : 1n << 64n;
  if (seed >= 1n << 64n) throw new InvalidArgumentError("expected a number from 0 to 2^64 - 1");
  return seed;
}

/** Of which requests there is a line in the log. */
export function logOption(): Option {
  return new Option("--log <requests>", "requests that are logged: each, or those that went wrong")
    .choices(requestsLogged).default("all");
}

/** An address to listen on. */
export function listenOption(text: string): ListenAddress {
  const address = parseListenAddress(text);
  if (address === undefined) {
    throw new InvalidArgumentError("expected HOST:PORT, such as 127.0.0.1:7676");
  }
  return address;
}

/** An address to listen on, or the descriptor of a socket that listens already. */
export function sharedListenOption(text: string): ListenAddress | InheritedSocket {
  const [, descriptor] = /^fd:([3-9]|[1-9]\d{1,2})$/.exec(text) ?? [];
  return descriptor === undefined ? listenOption(text) : { descriptor: Number(descriptor) };
}

/** Addresses to listen on, collected. */
export function collectListen(
  text: string,
  previous: readonly ListenAddress[],
): ListenAddress[] {
  return [...previous, listenOption(text)];
}

/** One of the words that are known, collected. */
export function collectOneOf<Word extends string>(
  known: readonly Word[],
): (text: string, previous: readonly Word[]) => Word[] {
  return (text, previous) => {
    const found = known.find((word) => word === text);
    if (found === undefined) {
      throw new InvalidArgumentError(`Allowed choices are ${known.join(", ")}.`);
    }
    return [...previous, found];
  };
}

/** `--format`: how data is printed. */
export function formatOption(): Option {
  return new Option("--format <format>", "how to print it").choices(["text", "json"])
    .default("text");
}

/** `--json`: what `--format json` says, shorter. */
export function jsonOption(): Option {
  return new Option("--json", "the same as --format json").implies({ format: "json" });
}
