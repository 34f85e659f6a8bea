/** The launcher in a browser's page, which chromium.ts hands out. */

import type { Job, JobModule } from "./job.ts";

try {
  const job: Job = await (await fetch("/job")).json();
  const files: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const name of Object.keys(job.files ?? {})) {
    const response = await fetch(`/file/${encodeURIComponent(name)}`);
    if (!response.ok) throw new Error(`the file "${name}" cannot be had: ${response.status}`);
    files[name] = new Uint8Array(await response.arrayBuffer());
  }
  const module: JobModule = await import(`/${job.entry}`);
  // What is undefined would be left out of the JSON.
  const answer = await module.run({ files, parameters: job.parameters }) ?? null;
  await report({ answer });
} catch (error) {
  await report({ error: error instanceof Error ? error.stack ?? error.message : String(error) });
}

async function report(result: unknown): Promise<void> {
  await fetch("/result", { method: "POST", body: JSON.stringify(result) });
}
