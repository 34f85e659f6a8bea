/** From a program's manifest to the settings of a version. */

import { type Diagnostic, err, formatClockPolicy, ok, type Result } from "@skerry/base";
import type { Manifest, ManifestBackend } from "@skerry/manifest";
import type { BackendSettings, VersionSettings } from "./model.ts";

/**
 * What a node takes of a manifest. The program, its bundles and its initialisation are in the module by then.
 *
 * @param host of the routes that name none; `*` is an operator's to give
 */
export function versionSettings(
  manifest: Manifest,
  host = "*",
): Result<VersionSettings, Diagnostic[]> {
  const { about, env, clock, compress, cache, memoryBytesMax, wallMsMax, cpuMsMax, health } =
    manifest;
  if (manifest.directories.length > 0) {
    const message = "a node hands out no directories of its machine; use [[bundles]]";
    return err(manifest.directories.map(({ guest }) => ({ message: `${guest}: ${message}` })));
  }
  const routes = manifest.routes.map((route) => ({
    ...{ host: route.host ?? host, prefix: route.prefix },
    ...told({ backend: route.backend }),
  }));
  const backends = [...manifest.backends].map((
    [name, backend],
  ) => [name, backendSettings(backend)]);
  return ok({
    env: Object.fromEntries(env),
    routes,
    backends: Object.fromEntries(backends),
    ...told({ about, memoryBytesMax, wallMsMax, cpuMsMax, health }),
    ...told({ compress, cache }),
    ...told({ clock: clock && formatClockPolicy(clock) }),
  });
}

function backendSettings({ origin, health, ...more }: ManifestBackend): BackendSettings {
  const { path, everyMs, status } = health ?? { path: "" };
  const asked = health === undefined ? {} : { health: { path, ...told({ everyMs, status }) } };
  return { origin, ...told(more), ...asked };
}

/** What is not undefined: JSON knows no more. */
function told<T extends Record<string, unknown>>(
  values: T,
): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
