/** Room for bodies that are being written: what no store counts yet is bounded here, for each tenant too. */

/** A count. */
export class FillingRoom {
  readonly #bytesMax: number;
  readonly #tenantBytesMax: number;
  readonly #ofTenants = new Map<string, number>();
  #bytes = 0;

  constructor(bytesMax: number, tenantBytesMax: number) {
    this.#bytesMax = bytesMax;
    this.#tenantBytesMax = tenantBytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** False where there is no room, and then nothing was taken. */
  take(tenant: string, bytes: number): boolean {
    const own = (this.#ofTenants.get(tenant) ?? 0) + bytes;
    if (this.#bytes + bytes > this.#bytesMax || own > this.#tenantBytesMax) return false;
    this.#bytes += bytes;
    this.#ofTenants.set(tenant, own);
    return true;
  }

  give(tenant: string, bytes: number): void {
    const own = (this.#ofTenants.get(tenant) ?? 0) - bytes;
    this.#bytes -= bytes;
    if (own > 0) this.#ofTenants.set(tenant, own);
    else this.#ofTenants.delete(tenant);
  }
}
