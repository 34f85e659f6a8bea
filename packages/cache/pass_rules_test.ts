import { equal } from "node:assert/strict";
import type { Field } from "@skerry/http";
import { passes, type PassRule } from "./pass_rules.ts";

function check(rule: PassRule, path: string, fields: readonly Field[], expected: boolean): void {
  equal(passes({ path, fields }, [rule]), expected, JSON.stringify([rule, path, fields]));
}

Deno.test("a rule with a prefix holds of it and of what is below it", () => {
  check({ prefix: "/admin" }, "/admin", [], true);
  check({ prefix: "/admin" }, "/admin/users", [], true);
  check({ prefix: "/admin" }, "/administration", [], false);
  check({ prefix: "" }, "/anything", [], true);
});

Deno.test("a rule with a field or a cookie holds of what has it, whatever it says", () => {
  check({ field: "authorization" }, "/", [["Authorization", "Basic x"]], true);
  check({ field: "authorization" }, "/", [], false);
  check({ cookie: "session" }, "/", [["cookie", "a=b; session="]], true);
  check({ cookie: "session" }, "/", [["cookie", "a=session=1; sessions=2"]], false);
});

Deno.test("all that a rule tells must hold, and a rule that tells nothing never does", () => {
  const rule = { prefix: "/admin", cookie: "session" };
  check(rule, "/admin", [["cookie", "session=1"]], true);
  check(rule, "/shop", [["cookie", "session=1"]], false);
  check(rule, "/admin", [], false);
  check({}, "/", [], false);
});

Deno.test("a rule holds of what an origin may take for what it names, however that is written", () => {
  for (const path of ["/%61dmin", "//admin/users", "/admin%2Fusers", "/admin;x=1", "/%2Fadmin"]) {
    check({ prefix: "/admin" }, path, [], true);
  }
  check({ prefix: "/%61dmin" }, "/admin", [], true);
  check({ prefix: "/admin" }, "/%61dministration", [], false);
  for (const cookie of ["session =1", "a=b;session", "session = 1"]) {
    check({ cookie: "session" }, "/", [["cookie", cookie]], true);
  }
});

Deno.test("however many rules there are, a request's cookies are taken apart once", () => {
  let looks = 0;
  const cookie = ["cookie", "a=b"] as const;
  const fields = new Proxy<Field[]>([[...cookie]], {
    get(target, key, receiver) {
      if (key === "0") looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  const lookedAt = (rules: readonly PassRule[]) => {
    looks = 0;
    equal(passes({ path: "/", fields }, rules), false);
    return looks;
  };
  const many = Array.from({ length: 64 }, (_, index) => ({ cookie: `c${index}` }));
  equal(lookedAt(many), lookedAt(many.slice(0, 1)));
});
