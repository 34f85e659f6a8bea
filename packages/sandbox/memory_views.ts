/** The views of an instance's memory, and where its dirty pages are marked: made once for an instance. */

/** Where the marks of a memory are kept (docs/artifact.md, "What is injected"). */
export interface MarkPlace {
  readonly side: WebAssembly.Memory;
  /** Where the memory's map begins in `side`, in bytes. */
  readonly map: number;
}

/** A page that a mark stands for, as a shift: 4 KiB. */
const markShift = 12;

/** Views that are taken again when the memory has grown. */
export class MemoryViews {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  readonly #memory: WebAssembly.Memory;
  readonly #marks: Uint8Array | undefined;
  /** The ranges that were asked for last: a guest reads into the same buffer again and again, or from one into another. */
  #latest: Uint8Array<ArrayBuffer> | undefined;
  #before: Uint8Array<ArrayBuffer> | undefined;

  constructor(memory: WebAssembly.Memory, marks?: MarkPlace) {
    this.#memory = memory;
    // No instruction grows a side memory, so its buffer stays.
    this.#marks = marks && new Uint8Array(marks.side.buffer, marks.map);
    this.bytes = new Uint8Array(memory.buffer as ArrayBuffer);
    this.view = new DataView(memory.buffer as ArrayBuffer);
  }

  /** Bytes that the memory has now. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /**
   * Takes new views where the memory has grown, which detaches its buffer (WebAssembly JS API §5.3, refresh the
   * memory buffer). To ask the memory for its buffer each time would cost more than most host calls do.
   */
  refresh(): void {
    if (this.bytes.length > 0) return;
    const { buffer } = this.#memory;
    this.bytes = new Uint8Array(buffer as ArrayBuffer);
    this.view = new DataView(buffer as ArrayBuffer);
    this.#latest = this.#before = undefined;
  }

  /** A view of bytes that are in the memory, made anew where it is not one of the last two. */
  range(start: number, length: number): Uint8Array<ArrayBuffer> {
    const latest = this.#latest;
    if (latest !== undefined && isRange(latest, start, length)) return latest;
    const before = this.#before;
    this.#before = latest;
    return this.#latest = before !== undefined && isRange(before, start, length)
      ? before
      : this.bytes.subarray(start, start + length);
  }

  /** Notes that the host has written here: `length` bytes, all of them in the memory. */
  mark(start: number, length: number): void {
    const marks = this.#marks;
    if (marks === undefined || length === 0) return;
    const first = start >>> markShift;
    const last = (start + length - 1) >>> markShift;
    if (first === last) marks[first] = 1;
    else marks.fill(1, first, last + 1);
  }
}

function isRange(view: Uint8Array, start: number, length: number): boolean {
  return view.byteOffset === start && view.length === length;
}
