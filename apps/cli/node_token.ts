/** Which token a node is asked with. It is in no message and no error. */

import { SkerryError } from "@skerry/base";
import { exists, isOwnersAlone, readText } from "@skerry/platform";

/** The longest file of a token. */
const tokenFileBytesMax = 4096;

/** The token that the command line names, that the environment holds, or that is kept in the user's own folder. */
export async function nodeToken(
  file: string | undefined,
  environment: (name: string) => string | undefined,
): Promise<string> {
  const token = (await tokenText(file, environment)).trim();
  if (/^[!-~]+$/.test(token)) return token;
  throw new SkerryError("SKERRY_USAGE", "there is no token to ask the node with", {
    remedy:
      "hand one over by --token-file or in SKERRY_TOKEN, or keep it in ~/.config/skerry/token",
  });
}

async function tokenText(
  file: string | undefined,
  environment: (name: string) => string | undefined,
): Promise<string> {
  if (file !== undefined) return await readText(file, tokenFileBytesMax);
  const told = environment("SKERRY_TOKEN");
  if (told !== undefined && told !== "") return told;
  const home = environment("HOME") ?? "";
  const path = `${environment("XDG_CONFIG_HOME") || `${home}/.config`}/skerry/token`;
  if (!await exists(path)) return "";
  if (await isOwnersAlone(path)) return await readText(path, tokenFileBytesMax);
  throw new SkerryError("SKERRY_FILE_UNREADABLE", "others than its owner may read this token", {
    where: path,
    remedy: `chmod 600 ${path}`,
  });
}
