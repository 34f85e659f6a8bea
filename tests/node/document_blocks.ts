/** The commands of a page of documentation, as a test runs them, and what they are said to print. */

/** A fenced block of commands. */
export interface CommandBlock {
  /** The line of the page on which it begins, from 1. */
  readonly line: number;
  readonly script: string;
  /** What it prints, where the page says so: `…` stands for anything on its line. */
  readonly prints: string | undefined;
  /** `run`; `beside`: until the next block has run; `not run`, with the reason. */
  readonly how: { readonly kind: "run" | "beside" } | {
    readonly kind: "not run";
    readonly why: string;
  };
}

/** Reads the `sh` blocks of a page. A `text` block right behind one is what it prints. */
export function commandBlocks(page: string): CommandBlock[] {
  const pattern = /(?:<!-- ([^\n]*) -->\n)?```sh\n([^]*?)\n```\n(?:```text\n([^]*?\n)```\n)?/g;
  return page.matchAll(pattern).toArray().map(({ 1: mark, 2: script = "", 3: prints, index }) => ({
    line: page.slice(0, index).split("\n").length,
    script,
    prints,
    how: howOf(mark),
  }));
}

/** Whether a text is what a page says is printed. */
export function isPrinted(expected: string, text: string): boolean {
  const pattern = expected.split("…").map((part) => RegExp.escape(part)).join("[^\\n]*");
  return new RegExp(`^${pattern}$`).test(text);
}

function howOf(mark: string | undefined): CommandBlock["how"] {
  if (mark === undefined) return { kind: "run" };
  if (mark === "runs beside what follows") return { kind: "beside" };
  const [, why] = /^not run: (.{10,})$/.exec(mark) ?? [];
  if (why === undefined) throw new Error(`the mark of a block is not understood: ${mark}`);
  return { kind: "not run", why };
}
