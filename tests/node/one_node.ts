/**
 * Tests that follow each other on one node, since to start one takes longer than most of them do. Each finds it without
 * tenants, and so without services, keys and anything that is kept for them. What ends a node or a cell has one of its own.
 */

import assert from "node:assert/strict";

/** Where tests are named that have a node together. */
export interface TestsOfOneNode<Node> {
  test(name: string, act: (node: Node) => Promise<void>): void;
}

/** What there must be to have a node of it. */
export interface NodeToShare<Node> {
  /** Runs a node while something has to do with it. */
  readonly run: (use: (node: Node) => Promise<void>) => Promise<void>;
  /** Makes it a node that nothing was done with. */
  readonly clear: (node: Node) => Promise<void>;
}

/** Has a test whose steps are those that are named to what it gives, before the module that names them ends. */
export function testsOfOneNode<Node>(
  name: string,
  { run, clear }: NodeToShare<Node>,
): TestsOfOneNode<Node> {
  const steps: { readonly name: string; readonly act: (node: Node) => Promise<void> }[] = [];
  Deno.test(name, (t) =>
    run(async (node) => {
      for (const { name, act } of steps) {
        await t.step(name, () => act(node));
        await clear(node);
      }
    }));
  return { test: (name, act) => void steps.push({ name, act }) };
}

/** Removes all that a node serves, by its admin API. */
export async function removeTenants(adminUrl: string, token: string): Promise<void> {
  const ask = async (method: string, path: string) => {
    const headers = { authorization: `Bearer ${token}`, connection: "close" };
    const response = await fetch(`${adminUrl}${path}`, { method, headers });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer;
  };
  const { tenants } = await ask("GET", "/v1/tenants");
  for (const { name } of tenants) await ask("DELETE", `/v1/tenants/${name}`);
}
