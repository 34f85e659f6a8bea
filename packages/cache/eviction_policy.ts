/** What is let go of when there is no room: a port, so that policies can be measured beside each other. */

/** Keeps values by key, and says which goes next. What it is told in bytes is all that it counts. */
export interface EvictionPolicy<Value> {
  readonly bytes: number;
  readonly size: number;
  /** A value, which counts as used. */
  get(key: string): Value | undefined;
  /** A value, which does not. */
  peek(key: string): Value | undefined;
  /** Keeps a value, in place of the one of that key. It evicts nothing: whoever has the bound asks for that. */
  set(key: string, value: Value, bytes: number): void;
  delete(key: string): boolean;
  /** Lets go of one, and gives it; undefined where nothing is left. */
  evict(): { readonly key: string; readonly value: Value; readonly bytes: number } | undefined;
}
