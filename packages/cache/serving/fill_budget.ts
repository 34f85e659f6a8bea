/** Memory of bodies that are under way to be kept, all of them together: who has no share of it passes them on alone. */

/** A budget, in bytes. */
export class FillBudget {
  readonly #bytesMax: number;
  readonly #whole: FillBudget | undefined;
  #taken = 0;

  /** @param whole what this is a part of, which bounds it too */
  constructor(bytesMax: number, whole?: FillBudget) {
    this.#bytesMax = bytesMax;
    this.#whole = whole;
  }

  get taken(): number {
    return this.#taken;
  }

  /** Whether there is room; then it is the caller's until given back. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#bytesMax || this.#whole?.take(bytes) === false) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
    this.#whole?.give(bytes);
  }
}

/** A budget of which no tenant has more than a half. */
export class TenantBudgets {
  readonly whole: FillBudget;
  readonly #tenantBytesMax: number;
  readonly #ofTenants = new Map<string, FillBudget>();

  constructor(bytesMax: number) {
    this.whole = new FillBudget(bytesMax);
    this.#tenantBytesMax = bytesMax / 2;
  }

  of(tenant: string): FillBudget {
    const found = this.#ofTenants.get(tenant);
    if (found !== undefined) return found;
    if (this.#ofTenants.size >= rememberedMax) this.#forgetIdle();
    const budget = new FillBudget(this.#tenantBytesMax, this.whole);
    this.#ofTenants.set(tenant, budget);
    return budget;
  }

  #forgetIdle(): void {
    for (const [tenant, { taken }] of this.#ofTenants) {
      if (taken === 0) this.#ofTenants.delete(tenant);
    }
  }
}

const rememberedMax = 1_000;
