/**
 * For packages whose own JavaScript instantiates their modules and offers no hook: for the time of one
 * action, the engine's functions hand every module to an {@link Instantiate}.
 *
 * One action at a time: the engine's functions are one object for the whole thread. An {@link Instantiate}
 * that is used here must not call the functions that are hooked, or it would be called again by itself; the
 * constructors `WebAssembly.Module` and `WebAssembly.Instance` are not.
 */

import type { Instantiate, Instantiated } from "./real_program.ts";

/** Modules that were compiled during an action, with what they were compiled from. */
const bytesOfModule = new WeakMap<WebAssembly.Module, Uint8Array<ArrayBuffer>>();

let busy = false;

/** Runs an action during which whatever is instantiated asynchronously goes through `instantiate`. */
export async function withEngineHook<Value>(
  instantiate: Instantiate,
  action: () => Promise<Value>,
): Promise<Value> {
  if (busy) throw new Error("the engine's functions are hooked already");
  busy = true;
  const { compile, compileStreaming, instantiate: original } = WebAssembly;
  const remember = async (source: BufferSource) => {
    const bytes = copyOf(source);
    const module = await compile(bytes);
    bytesOfModule.set(module, bytes);
    return module;
  };
  const hooks = {
    compile: remember,
    compileStreaming: async (response: Response | PromiseLike<Response>) =>
      await remember(await (await response).arrayBuffer()),
    instantiate: async (source: BufferSource | WebAssembly.Module, imports = {}) => {
      if (source instanceof WebAssembly.Module) {
        const bytes = bytesOfModule.get(source);
        if (bytes === undefined) throw new Error("a module was compiled before the hook was there");
        return instanceFrom(await instantiate(bytes, imports));
      }
      const instance = instanceFrom(await instantiate(copyOf(source), imports));
      return { instance, module: undefined };
    },
  };
  Object.assign(WebAssembly, hooks);
  try {
    return await action();
  } finally {
    Object.assign(WebAssembly, { compile, compileStreaming, instantiate: original });
    busy = false;
  }
}

/** An instance that passes `instanceof`, which some packages ask. */
export function instanceFrom(instantiated: Instantiated): WebAssembly.Instance {
  if (instantiated instanceof WebAssembly.Instance) return instantiated;
  return Object.create(WebAssembly.Instance.prototype, {
    exports: { value: instantiated.exports, enumerable: true },
  });
}

function copyOf(source: BufferSource): Uint8Array<ArrayBuffer> {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source.slice(0));
}
