import assert from "node:assert/strict";
import { globalAddressesOnly } from "./address_policy.ts";
import { egressLimits } from "./limits.ts";
import { backendPlan, type BackendSettings } from "./settings.ts";

function plan(settings: BackendSettings) {
  return backendPlan(settings, globalAddressesOnly, egressLimits);
}

Deno.test("what is not told has its default, and what is told its bounds", () => {
  const usual = plan({ origin: "https://Api.Example:8443" });
  assert.ok(usual.ok);
  const { host, serverName, connectMsMax, retriesMax, connectionsMax, health } = usual.value;
  assert.deepEqual([host, serverName, health], ["api.example:8443", "api.example", undefined]);
  assert.deepEqual([connectMsMax, retriesMax, connectionsMax], [2_000, 1, 64]);
  const wild = plan({
    origin: "https://8.8.8.8",
    host: "api.example",
    connectMsMax: -5,
    firstByteMsMax: Infinity,
    betweenBytesMsMax: 1e12,
    retriesMax: 99,
    connectionsMax: 0,
    health: { path: "/up?x", everyMs: 1 },
  });
  assert.ok(wild.ok);
  assert.equal(wild.value.serverName, "api.example");
  assert.equal(wild.value.connectMsMax, 1);
  assert.equal(wild.value.firstByteMsMax, egressLimits.firstByteMsMax);
  assert.equal(wild.value.betweenBytesMsMax, egressLimits.totalMsMax);
  assert.equal(wild.value.retriesMax, egressLimits.retriesSettingMax);
  assert.equal(wild.value.connectionsMax, 1);
  assert.deepEqual(wild.value.health, { path: "/up?x", everyMs: 1_000, status: undefined });
});

Deno.test("what is wrong is named", () => {
  const origin = "http://a.example";
  const cases: [BackendSettings, RegExp][] = [
    [{ origin: "http://127.0.0.1" }, /^origin: .*loopback/],
    [{ origin: "http://a.example/x" }, /^origin: /],
    [{ origin, host: "a\r\nb" }, /^host: /],
    [{ origin, host: "" }, /^host: /],
    [{ origin, health: { path: "up" } }, /^health\.path: /],
    [{ origin, health: { path: "/a b" } }, /^health\.path: /],
  ];
  for (const [settings, why] of cases) {
    const read = plan(settings);
    assert.ok(!read.ok);
    assert.match(read.error, why);
  }
});
