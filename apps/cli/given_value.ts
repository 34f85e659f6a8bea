/** Values that verbs are given: from standard input or a file, so that they are in no history and no list of processes. */

import { SkerryError } from "@skerry/base";
import { processStdin, readFile } from "@skerry/platform";
import type { Command } from "commander";

/** What says where a value comes from. */
export interface ValueOptions {
  readonly fromFile?: string;
}

/** Gives a verb the option that reads its value from a file. */
export function withValueOption(command: Command): Command {
  return command.option("--from-file <PATH>", "read the value from a file (else standard input)");
}

/** The bytes that are given, whole. */
export async function givenBytes(
  { fromFile }: ValueOptions,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (fromFile !== undefined) return await readFile(fromFile, bytesMax);
  if (processStdin.isTerminal === true) {
    throw new SkerryError("SKERRY_USAGE", "the value is not typed: it would be seen", {
      remedy: "pipe it in, or name its file with --from-file",
    });
  }
  return await readStdin(bytesMax, "the value is too large");
}

/** The text that is given. Of standard input a line feed at its end is left off, which `echo` adds. */
export async function givenText(options: ValueOptions, bytesMax: number): Promise<string> {
  const bytes = await givenBytes(options, bytesMax);
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return options.fromFile === undefined ? text.replace(/\r?\n$/, "") : text;
  } catch {
    throw new SkerryError("SKERRY_USAGE", "the value is no UTF-8", {
      where: options.fromFile ?? "-",
      remedy: "write it as text, in base64 perhaps",
    });
  }
}

/** Standard input, to its end. */
export async function readStdin(
  bytesMax: number,
  complaint: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: BlobPart[] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await processStdin.read(64 * 1024);
    if (chunk.length === 0) return new Uint8Array(await new Blob(chunks).arrayBuffer());
    chunks.push(new Uint8Array(chunk));
    bytes += chunk.length;
    if (bytes > bytesMax) {
      throw new SkerryError("SKERRY_FILE_UNREADABLE", complaint, { where: "-" });
    }
  }
}
