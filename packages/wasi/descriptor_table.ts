/** A guest's descriptors by number: bounded, and the lowest free number is given out first, as POSIX has it. */

import { closeDescriptor, type Descriptor } from "./descriptor.ts";
import { fail } from "./errno.ts";

/** The table. */
export class DescriptorTable {
  readonly #descriptorsMax: number;
  readonly #slots: (Descriptor | undefined)[] = [];
  /** No slot below this one is free. */
  #lowestFree = 0;

  constructor(descriptorsMax: number) {
    this.#descriptorsMax = descriptorsMax;
  }

  /** The descriptor with this number (EBADF); numbers come from the guest as signed i32. */
  get(fd: number): Descriptor {
    return this.#slots[fd >>> 0] ?? fail("EBADF");
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
    const open = this.#slots.splice(0);
    this.#lowestFree = 0;
    const failures: unknown[] = [];
    for (const descriptor of open) {
      try {
        if (descriptor !== undefined) closeDescriptor(descriptor);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
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
