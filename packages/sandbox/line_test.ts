import assert from "node:assert/strict";
import { Line } from "./line.ts";
import { Tenant } from "./tenant.ts";

function tenantOf(name: string, weight = 1, out = 0): Tenant {
  const tenant = new Tenant({ name, weight });
  tenant.out = out;
  return tenant;
}

const anybody = () => true;

/** Lets so many through; their tenants have a place more each, as a pool would count. */
function letThrough(line: Line, count: number): string[] {
  return Array.from({ length: count }, () => {
    const next = line.next(anybody);
    if (next === undefined) return "nobody";
    next.tenant.out += 1;
    next.grant();
    return next.tenant.name;
  });
}

Deno.test("those of one tenant come in the order of their arrival", async () => {
  const line = new Line();
  const tenant = tenantOf("a");
  const order: number[] = [];
  const all = [1, 2, 3].map((number) =>
    line.wait(tenant, undefined).then((place) => {
      assert.equal(place, "place");
      order.push(number);
    })
  );
  assert.equal(line.length, 3);
  letThrough(line, 3);
  await Promise.all(all);
  assert.deepEqual([order, line.length], [[1, 2, 3], 0]);
});

Deno.test("tenants take turns by how many places they have for their weight", () => {
  const line = new Line();
  const [light, heavy] = [tenantOf("light"), tenantOf("heavy", 3)];
  for (let caller = 0; caller < 8; caller += 1) {
    void line.wait(light, undefined);
    void line.wait(heavy, undefined);
  }
  const order = letThrough(line, 8);
  assert.equal(order.filter((name) => name === "heavy").length, 6);
  assert.equal(order.filter((name) => name === "light").length, 2);
});

Deno.test("a tenant that may have no place lets others pass", () => {
  const line = new Line();
  const [first, second] = [tenantOf("first"), tenantOf("second", 1, 9)];
  void line.wait(first, undefined);
  void line.wait(second, undefined);
  assert.equal(line.next((tenant) => tenant !== first)?.tenant, second);
  assert.equal(line.next((tenant) => tenant !== first), undefined);
  assert.equal(line.length, 1);
});

Deno.test("who gives up leaves the line, and does so once", async () => {
  const line = new Line();
  const tenant = tenantOf("a");
  const giveUp = new AbortController();
  const first = line.wait(tenant, giveUp.signal);
  const second = line.wait(tenant, undefined);
  giveUp.abort();
  assert.equal(await first, "abandoned");
  assert.equal(line.length, 1);
  letThrough(line, 1);
  assert.equal(await second, "place");
  assert.deepEqual([line.length, line.next(anybody)], [0, undefined]);
});

Deno.test("who has a place already does not lose it by giving up", async () => {
  const line = new Line();
  const giveUp = new AbortController();
  const place = line.wait(tenantOf("a"), giveUp.signal);
  letThrough(line, 1);
  giveUp.abort();
  assert.equal(await place, "place");
  assert.equal(line.length, 0);
});

Deno.test("an empty line has nobody", () => {
  assert.equal(new Line().next(anybody), undefined);
});
