/** Handing texts to an instance, in memory that it gives. */

import { encodeUtf8 } from "@skerry/base";
import { exportedMemory, type Instantiated } from "./real_program.ts";

/** Makes room for so many bytes; gives where. */
export type Allocate = (bytes: number) => number;

/** Puts a text into an instance's memory, in UTF-8. */
export function passString(
  instance: Instantiated,
  allocate: Allocate,
  text: string,
): [pointer: number, bytes: number] {
  const content = encodeUtf8(text);
  const pointer = allocate(content.length);
  new Uint8Array(exportedMemory(instance).buffer).set(content, pointer);
  return [pointer, content.length];
}
