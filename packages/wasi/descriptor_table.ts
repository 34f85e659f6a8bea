/**
 * A guest's descriptors by number: bounded, and the lowest free number is given out first, as POSIX has it.
 *
 * Those that a guest begins with are opened when it first uses them, for most it never does.
 */

import { fail } from "@skerry/base";
import { closeDescriptor, type Descriptor } from "./descriptor.ts";

/** Stands for a descriptor that the guest begins with and has not used. */
const unopened = "unopened";

/** The table. */
export class DescriptorTable {
  readonly #descriptorsMax: number;
  readonly #open: (fd: number) => Descriptor;
  readonly #slots: (Descriptor | typeof unopened | undefined)[];
  /** No slot below this one is free. */
  #lowestFree: number;

  /**
   * @param count how many descriptors the guest begins with
   * @param open opens one of these, when it is first used
   */
  constructor(descriptorsMax: number, count: number, open: (fd: number) => Descriptor) {
    if (count > descriptorsMax) fail("EMFILE");
    this.#descriptorsMax = descriptorsMax;
    this.#open = open;
    this.#lowestFree = count;
    this.#slots = new Array(count).fill(unopened);
  }

  /** Takes a descriptor that the guest begins with away before it is opened: its number is free. */
  omit(fd: number): void {
    this.#slots[fd] = undefined;
    this.#lowestFree = Math.min(this.#lowestFree, fd);
  }

  /** How many are open, or would be if they were used. */
  get count(): number {
    return this.#slots.reduce((count, slot) => slot === undefined ? count : count + 1, 0);
  }

  /** The descriptor with this number (EBADF); numbers come from the guest as signed i32. */
  get(fd: number): Descriptor {
    const found = this.#slots[fd >>> 0] ?? fail("EBADF");
    return found === unopened ? this.#slots[fd >>> 0] = this.#open(fd >>> 0) : found;
  }

  /** Fails where no number is free (EMFILE): asked before anything is opened. */
  checkSpace(): void {
    if (this.#free() >= this.#descriptorsMax) fail("EMFILE");
  }

  /** Adds a descriptor under the lowest free number. */
  add(descriptor: Descriptor): number {
    this.checkSpace();
    const fd = this.#free();
    this.#slots[fd] = descriptor;
    return fd;
  }

  /** Closes a descriptor (EBADF). */
  close(fd: number): void {
    const descriptor = this.#take(fd);
    closeDescriptor(descriptor);
  }

  /** Moves a descriptor to a number that is in use, closing what it stood for (EBADF for either). */
  renumber(fd: number, to: number): void {
    this.get(fd);
    const replaced = this.get(to);
    if (fd >>> 0 === to >>> 0) return;
    this.#slots[to >>> 0] = this.#take(fd);
    closeDescriptor(replaced);
  }

  /** Closes all, whatever closing one of them throws; then throws the first of that. */
  closeAll(): void {
    let failure: { readonly error: unknown } | undefined;
    for (const slot of this.#slots) {
      if (slot === undefined || slot === unopened) continue;
      try {
        closeDescriptor(slot);
      } catch (error) {
        failure ??= { error };
      }
    }
    this.#slots.length = 0;
    this.#lowestFree = 0;
    if (failure !== undefined) throw failure.error;
  }

  #free(): number {
    while (this.#slots[this.#lowestFree] !== undefined) this.#lowestFree += 1;
    return this.#lowestFree;
  }

  #take(fd: number): Descriptor {
    const descriptor = this.get(fd);
    this.#slots[fd >>> 0] = undefined;
    this.#lowestFree = Math.min(this.#lowestFree, fd >>> 0);
    return descriptor;
  }
}
