/**
 * Which words of `skerry run …` are ours and which are the guest's.
 *
 * Ours are the options before the module, and those that follow it directly; from the first other word on,
 * or from `--`, everything is the guest's.
 */

/** The two halves of the words after `run`. */
export interface RunArguments {
  /** Options and the module, for the option parser. */
  readonly own: readonly string[];
  readonly guest: readonly string[];
}

/** @param valueOptions options that take the next word, such as `--env` */
export function splitRunArguments(
  words: readonly string[],
  valueOptions: ReadonlySet<string>,
): RunArguments {
  let moduleSeen = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const [option = ""] = word.split("=", 1);
    if (word === "--") {
      if (!moduleSeen && at + 1 < words.length) {
        return { own: [...words.slice(0, at), words[at + 1] ?? ""], guest: words.slice(at + 2) };
      }
      return { own: words.slice(0, at), guest: words.slice(at + 1) };
    }
    if (valueOptions.has(option)) {
      if (option === word) at += 1;
    } else if (!moduleSeen && (word === "-" || !word.startsWith("-"))) {
      moduleSeen = true;
    } else if (moduleSeen && word !== "--help") {
      return { own: words.slice(0, at), guest: words.slice(at) };
    }
  }
  return { own: words, guest: [] };
}
