/** What runs modules: V8 with a module as written, or with the module that the compiler makes of it. */

/** A module that was instantiated, its start function included. */
export interface RunningModule {
  /** What the script's module exports, and nothing else. */
  readonly exports: WebAssembly.Exports;
  /**
   * Makes the instance as good as new; `discard` says that it cannot be, and is not to be used again.
   * Undefined for what is never used twice.
   */
  readonly reset?: () => "clean" | "discard";
}

/**
 * Runs modules. What cannot be run is refused with the errors of the JavaScript API: CompileError for what is
 * not valid, LinkError or TypeError for imports that do not fit, and what instantiation itself throws.
 */
export interface Engine {
  /** Compiles a module without running it. */
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  instantiate(
    bytes: Uint8Array<ArrayBuffer>,
    imports: WebAssembly.Imports,
  ): Promise<RunningModule>;
}

/** V8 with modules as they are written. */
export const plainEngine: Engine = {
  async compile(bytes) {
    await Promise.resolve();
    new WebAssembly.Module(bytes);
  },
  async instantiate(bytes, imports) {
    await Promise.resolve();
    const module = new WebAssembly.Module(bytes);
    return { exports: new WebAssembly.Instance(module, imports).exports };
  },
};
