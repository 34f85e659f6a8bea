import { deepEqual, equal, ok } from "node:assert/strict";
import { testApi } from "../testing/api.ts";
import { readAnswer } from "./read_answers.ts";

Deno.test("what the API answers is read as what it is", async () => {
  const { call, node } = await testApi();
  const addresses = readAnswer("addresses", (await call("GET", "/v1/addresses")).json);
  deepEqual(addresses, { ok: true, value: { http: "http://127.0.0.1:7676" } });
  const tenants = readAnswer("tenants", (await call("GET", "/v1/tenants")).json);
  ok(tenants.ok);
  deepEqual(tenants.value.tenants.map(({ name }) => name), ["acme", "bolt"]);
  const problem = readAnswer("problem", (await call("GET", "/v1/tenants/none")).json);
  equal(problem.ok && problem.value.code, "SKERRY_NOT_FOUND");
  node.close();
});

Deno.test("what is no answer is refused with what is in the way", () => {
  deepEqual(readAnswer("addresses", { http: 7 }), {
    ok: false,
    error: "http: Invalid type: Expected string but received 7",
  });
  ok(!readAnswer("service", undefined).ok);
});
