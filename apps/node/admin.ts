/** The admin API of a node, on a socket of its own. */

import { encodeUtf8 } from "@skerry/base";
import {
  AdminApi,
  type AnswerOf,
  type CacheQuestion,
  type NodeStatus,
  readAnswer,
} from "@skerry/control";
import { keyValueBudget } from "@skerry/hostcalls";
import {
  addressUrl,
  listen,
  type ListenAddress,
  type Listener,
  processFigures,
  processStderr,
  systemClock,
} from "@skerry/platform";
import {
  metricsFormat,
  renderMetrics,
  type TelemetrySnapshot,
  tenantView,
} from "@skerry/telemetry";
import type { Node } from "./node.ts";
import { CellsTail } from "./tail.ts";

/** How the admin API is served. */
export interface AdminOptions {
  readonly address: ListenAddress;
  /** Skerry's. */
  readonly version: string;
}

/** How long a cell may take to explain its cache, in milliseconds. */
const explainMsMax = 2_000;

/** Serves it. */
export async function serveAdmin(node: Node, options: AdminOptions): Promise<Listener> {
  const { address, version } = options;
  const complain = (error: unknown) =>
    void processStderr.write(encodeUtf8(`skerry: the admin API failed: ${String(error)}\n`));
  const api = new AdminApi({
    control: node.control,
    keyValues: node.keyValues,
    purging: node.purging,
    keyBudget: keyValueBudget,
    tail: new CellsTail(() => node.cells),
    node: statusOf(node, version),
    cache: { explain: (question) => explained(node, question) },
    version,
    onFault: complain,
  });
  return await listen(address, (request) => api.handle(request), { onFault: complain });
}

/** What a cell says of its cache, once that is seen to be what it should be: cells run what is others'. */
async function explained(
  node: Node,
  question: CacheQuestion,
): Promise<AnswerOf<"explanation"> | undefined> {
  const text = await node.cells.explain(question, explainMsMax);
  if (text === undefined || text === "null") return undefined;
  const read = readAnswer("explanation", parsed(text));
  return read.ok ? read.value : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statusOf(node: Node, version: string): NodeStatus {
  const startTimeMs = systemClock.wallMs?.() ?? 0;
  const snapshot = (tenant: string | undefined): TelemetrySnapshot => {
    const whole = node.cells.totals.snapshot({
      timeMs: systemClock.wallMs?.() ?? 0,
      version,
      supervisor: { startTimeMs, ...processFigures() },
      cells: node.cells.status,
      spans: node.spans,
      disk: node.disk,
    });
    return tenant === undefined ? whole : tenantView(whole, tenant);
  };
  return {
    status: () => ({ version, startTimeMs, cells: node.cells.status }),
    addresses: () => ({
      http: addressUrl(node.address),
      ...(node.tlsAddress !== undefined && {
        https: addressUrl(node.tlsAddress).replace(/^http:/, "https:"),
      }),
    }),
    metrics: (tenant) => ({ ...snapshot(tenant) }),
    metricsText(tenant, accept) {
      const format = metricsFormat(accept);
      return { media: format.contentType, text: renderMetrics(snapshot(tenant), format) };
    },
    ready() {
      if (node.cells.isServing) return { isReady: true };
      const states = node.cells.status.map(({ state }) => state);
      return { isReady: false, why: `cells are ${states.join(", ")}` };
    },
  };
}
