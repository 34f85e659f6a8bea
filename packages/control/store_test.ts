import { deepEqual, equal, throws } from "node:assert/strict";
import { SkerryError } from "@skerry/base";
import { openDatabase } from "@skerry/platform";
import { migrate } from "./migrations.ts";
import { operator, testNode } from "./testing/node.ts";

const memory = () => openDatabase(":memory:", { survives: "process end" });

Deno.test("tables are made once, and found again", () => {
  const database = memory();
  migrate(database);
  // Where nothing is missing nothing is written: the disk may be full.
  const written: string[] = [];
  migrate({
    prepare: (sql) => database.prepare(sql),
    execute: (sql) => void written.push(sql),
    transaction: (act) => act(),
    close() {},
  });
  deepEqual(written, []);
  equal(database.prepare("PRAGMA user_version").get()?.["user_version"], 1);
});

Deno.test("a state that a later Skerry has written is left alone", () => {
  const database = memory();
  database.execute("PRAGMA user_version = 99");
  throws(() => migrate(database), (error) => {
    return error instanceof SkerryError && /form 99/.test(error.message);
  });
  equal(database.prepare("SELECT * FROM sqlite_master").all().length, 0);
});

Deno.test("what throws in a change leaves nothing of it, nor of what the audit log tells", async () => {
  const { control, close } = await testNode();
  const { store } = control;
  throws(() =>
    store.change(operator, { action: "test" }, () => {
      store.tenants.add("acme", {}, store.nextRevision(), store.nowMs);
      throw new Error("no");
    }), /^Error: no$/);
  equal(store.tenants.count(), 0);
  equal(store.audit.list(undefined, Infinity, 10).length, 0);
  close();
});

Deno.test("the audit log is bounded, and no tenant's entries crowd out another's", async () => {
  const { control: { store }, close } = await testNode({
    auditEntriesMax: 10,
    auditTenantEntriesMax: 4,
  });
  const act = (tenant?: string) => store.change(operator, { action: "test", tenant }, () => {});
  const count = (tenant?: string) => store.audit.list(tenant, Number.MAX_SAFE_INTEGER, 99).length;
  act("acme");
  for (let more = 0; more < 9; more++) act("bolt");
  equal(count("acme"), 1);
  equal(count("bolt"), 4);
  for (let more = 0; more < 20; more++) act();
  equal(count(), 10);
  equal(count("acme"), 0);
  close();
});

Deno.test("what does not fit a bound of the node is refused", async () => {
  const { control: { tenancy }, close } = await testNode({ tenantsMax: 1, servicesMax: 1 });
  await tenancy.putTenant(operator, "acme", {});
  const refused = (act: () => unknown) => throws(act, { code: "SKERRY_QUOTA_USED_UP" });
  tenancy.addService(operator, "acme", "a");
  refused(() => tenancy.addService(operator, "acme", "b"));
  await tenancy.putTenant(operator, "acme", { servicesMax: 2 });
  tenancy.addService(operator, "acme", "b");
  throws(() => tenancy.addService(operator, "acme", "b"), { code: "SKERRY_STATE_CONFLICT" });
  close();
});
