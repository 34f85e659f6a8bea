/**
 * Values that pass between a guest's host function and the embedder while the guest is suspended: the host
 * function yields one, whoever steps the lease sees it and resumes with an answer (as with Lucet's
 * `Vmctx::yield_val_expecting_val` and `Instance::resume_with_val`). A channel says of what types the two are.
 */

/** A kind of question: what is yielded, and what it is answered with. */
export class Channel<Yielded, Resumed> {
  readonly name: string;
  /** Never there: it ties the types to the channel. */
  declare readonly types: (yielded: Yielded) => Resumed;

  constructor(name: string) {
    this.name = name;
  }
}
