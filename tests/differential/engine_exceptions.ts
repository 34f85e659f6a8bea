/** The engine's tags and exceptions, which TypeScript's library does not know yet (JavaScript Interface, 5.8 and 5.9). */

/** A tag; nothing of it can be seen. */
export type Tag = WebAssembly.ImportValue;

interface Exceptions {
  readonly Tag: new (type: { readonly parameters: readonly string[] }) => Tag;
  readonly Exception: new (tag: Tag, payload: readonly unknown[]) => object;
  readonly JSTag: Tag;
}

/** `WebAssembly.Tag`, `WebAssembly.Exception` and `WebAssembly.JSTag`. */
export const { Tag, Exception, JSTag } = WebAssembly as unknown as Exceptions;
