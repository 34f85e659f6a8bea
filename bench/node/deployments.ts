/** Many services on a node, shared out over tenants, all told by its admin API. */

import { elapsedMs } from "../bench.ts";
import { ask } from "./ask.ts";
import { type Modules, numberText } from "./modules.ts";
import type { DeployedService, RunningNode } from "./running_node.ts";

const servicesOfTenant = 50;

/** Deployments that are under way at once: a tenant may have four. */
const atOnce = 4;

/** How often it is told how far it has come. */
const tellEvery = 100;

/** Deploys so many services, each a module of its own. */
export async function deployMany(
  node: RunningNode,
  modules: Modules,
  count: number,
): Promise<void> {
  for (let first = 0; first < count; first += servicesOfTenant) {
    await node.putTenant(serviceAt(first).tenant);
  }
  let [next, done] = [0, 0];
  const deploy = async () => {
    while (next < count) {
      const number = next;
      next += 1;
      await node.deploy(serviceAt(number), modules.module(number));
      done += 1;
      if (done % tellEvery === 0) console.error(`  ${done} of ${count} services are deployed`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, deploy));
}

/** Asks every one of them. Throws where one does not say hello. */
export async function askAll(node: RunningNode, count: number): Promise<void> {
  for (let number = 0; number < count; number++) {
    const { host } = serviceAt(number);
    const answer = await ask(node.url, host);
    if (answer !== "200 hello\n") throw new Error(`${host} answered ${answer}`);
  }
}

/**
 * How long it takes from a module that is to be uploaded to the first answer of its version, in milliseconds, once for
 * each number. The service is there before.
 */
export async function deploymentTimesMs(
  node: RunningNode,
  modules: Modules,
  numbers: readonly number[],
): Promise<number[]> {
  const service = { tenant: "deploying", service: "versions", host: "versions.example" };
  await node.putTenant(service.tenant);
  const times: number[] = [];
  for (const number of numbers) {
    const module = modules.module(number);
    times.push(
      await elapsedMs(async () => {
        await node.deploy(service, module);
        const answer = await ask(node.url, service.host);
        if (answer !== `200 ${numberText(number)}\n`) {
          throw new Error(`version ${number} answered ${answer}`);
        }
      }),
    );
  }
  return times;
}

function serviceAt(number: number): DeployedService {
  const tenant = `tenant-${Math.floor(number / servicesOfTenant)}`;
  return { tenant, service: `s${number}`, host: `s${number}.example` };
}
