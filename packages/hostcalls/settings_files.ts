/**
 * Configuration and secrets as files: `/config` and `/secrets`, one file for each name, read-only.
 *
 * A tree is made when they change, and all requests that begin from then on are handed it: each sees one state of them
 * from its start to its end, and nothing is copied for it.
 */

import { encodeUtf8, SkerryError } from "@skerry/base";
import { frozenFiles, type Preopen } from "@skerry/wasi";
import { settingsLimits as limits } from "./limits.ts";

/** Contents by name. */
export interface SettingsFiles {
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/**
 * The preopens for every request until the contents change. A folder is there where it has a file.
 *
 * @param changedNs when they were changed, as guests are told, in nanoseconds since 1970
 * @throws SkerryError SKERRY_USAGE where a name or a content is not allowed; contents are never in its message
 */
export function settingsFiles(
  { config, secrets }: SettingsFiles,
  changedNs = 0n,
): readonly Preopen[] {
  return [...folder("/config", config, changedNs), ...folder("/secrets", secrets, changedNs)];
}

function folder(
  guestPath: string,
  contents: Readonly<Record<string, string>>,
  changedNs: bigint,
): Preopen[] {
  const entries = Object.entries(contents);
  if (entries.length === 0) return [];
  if (entries.length > limits.filesMax) {
    throw wrong(guestPath, `there are more than ${limits.filesMax}`, "leave some out");
  }
  const files = entries.map(([name, text]) => [name, contentOf(guestPath, name, text)] as const);
  return [{ guestPath, fileSystem: frozenFiles(files, changedNs), readOnly: true }];
}

/** Names are those that variables, files and shells all take as they are. */
const nameForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

function contentOf(guestPath: string, name: string, text: string): Uint8Array {
  if (!nameForm.test(name)) {
    const remedy =
      "a name has letters, digits, `_`, `-` and `.`, up to 128, and begins with none of the last two";
    throw wrong(guestPath, `${JSON.stringify(name.slice(0, 128))} is not a name`, remedy);
  }
  const bytes = encodeUtf8(text);
  if (bytes.length > limits.fileBytesMax) {
    throw wrong(
      `${guestPath}/${name}`,
      `it is larger than ${limits.fileBytesMax} bytes`,
      "shorten it",
    );
  }
  return bytes;
}

function wrong(where: string, why: string, remedy: string): SkerryError {
  return new SkerryError("SKERRY_USAGE", why, { where, remedy });
}
