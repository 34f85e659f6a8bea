/** Memories, tables, globals and tags for a module to import, of whatever type it asks for. */

import type { ExternType, FunctionType, IndexSpaces, ValueType } from "@skerry/wasm";
import type { HostValues } from "./descriptions.ts";
import { JSTag, Tag } from "./engine_exceptions.ts";

/**
 * Makes one.
 *
 * @param hostTag what the host throws
 */
export function importedThing(
  spaces: IndexSpaces,
  name: string,
  type: Exclude<ExternType, { kind: "function" }>,
  values: HostValues,
  hostTag: Tag,
): WebAssembly.ImportValue {
  switch (type.kind) {
    case "memory": {
      const { addressType, limits, shared } = type.type;
      return new WebAssembly.Memory(descriptor(addressType, limits, { shared }));
    }
    case "table": {
      const { addressType, limits, element } = type.type;
      // TypeScript's library knows no other elements than functions.
      const kind = (element.heap === "func" ? "anyfunc" : "externref") as "anyfunc";
      return new WebAssembly.Table(descriptor(addressType, limits, { element: kind }));
    }
    case "global": {
      const { value, mutable } = type.type;
      if (typeof value !== "string") return values.value(3) as WebAssembly.ImportValue;
      const content = value === "i64" ? 40n : value === "v128" ? undefined : 40;
      return new WebAssembly.Global({ value, mutable } as WebAssembly.GlobalDescriptor, content);
    }
    case "tag":
      if (name === "jstag") return JSTag;
      if (name === "wasmtag") return hostTag;
      return new Tag({ parameters: compositeAt(spaces, type.type).params.map(valueTypeName) });
  }
}

/** The function type at a type index. */
export function compositeAt({ types }: IndexSpaces, index: number): FunctionType {
  const composite = types[index]?.composite;
  if (composite?.kind !== "function") throw new Error(`type ${index} is not a function's`);
  return composite;
}

function descriptor<More>(
  address: "i32" | "i64",
  { min, max }: { readonly min: bigint; readonly max: bigint | undefined },
  more: More,
) {
  const size = (count: bigint) => (address === "i64" ? count : Number(count)) as number;
  return {
    address,
    initial: size(min),
    ...(max === undefined ? {} : { maximum: size(max) }),
    ...more,
  };
}

function valueTypeName(type: ValueType): string {
  if (typeof type === "string") return type;
  return type.heap === "func" ? "anyfunc" : type.heap === "extern" ? "externref" : "anyref";
}
