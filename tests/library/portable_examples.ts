/** A job for every runtime: the examples of docs/library.md, each with what it comes to. */

/** Runs each example, by its file's name. */
export async function run(): Promise<Record<string, unknown>> {
  return {
    bare_wasi: (await import("./examples/bare_wasi.ts")).answer,
    first: (await import("./examples/first.ts")).answer,
    bounds: (await import("./examples/bounds.ts")).answer,
    questions: (await import("./examples/questions.ts")).answer,
    recycling: (await import("./examples/recycling.ts")).answer,
  };
}
