/** From what `skerry serve` is pointed at to services. */

import { type ClockPolicy, limits, printable, SkerryError } from "@skerry/base";
import type { Route, Service } from "@skerry/edge";
import type { Manifest } from "@skerry/manifest";
import { Tenant } from "@skerry/sandbox";
import { buildProject, bundlesOf, isStale, modulePath } from "./build_project.ts";
import { loadManifest, loadProgram, manifestPath } from "./load.ts";
import type { LocalHostcalls } from "./local_hostcalls.ts";
import { type BundleOption, readBundles } from "./bundles.ts";
import { mountsOf, privateFolder, requestBounds } from "./mounts.ts";
import type { DirectoryOption } from "./options.ts";
import { note } from "./output.ts";

/** What the command line sets for every service. */
export interface ServeSettings {
  readonly env: ReadonlyMap<string, string>;
  readonly dir: readonly DirectoryOption[];
  readonly clock?: ClockPolicy;
  readonly maxMemory?: number;
  readonly timeout?: number;
  readonly cpu?: number;
  readonly allowGc?: true;
  readonly allowNoYield?: true;
}

/** What one target amounts to. */
export interface LoadedServices {
  readonly routes: readonly Route<Service>[];
  /** Whether any of its requests is handed a directory of this machine. */
  readonly hostDirectories: boolean;
}

/** Loads one target: a module answers every path, a manifest those that it names. */
export async function loadServices(
  target: string,
  settings: ServeSettings,
  hostcalls: LocalHostcalls,
): Promise<LoadedServices> {
  const path = await manifestPath(target);
  if (path === undefined) {
    const service = await makeService(nameOf(target), target, settings, hostcalls);
    return { routes: [{ prefix: "", target: service }], hostDirectories: settings.dir.length > 0 };
  }
  const loaded = await loadManifest(path);
  if (await isStale(loaded)) {
    note(`Building ${loaded.manifest.name} …`);
    const { warnings } = await buildProject(loaded);
    for (const warning of warnings) note(warning);
  }
  const { manifest, folder } = loaded;
  const merged = mergeSettings(manifest, folder, settings);
  // What was built here has its initialisation behind it.
  const snapshot = manifest.language === undefined ? manifest.snapshot : undefined;
  const { name, about } = manifest;
  const bundles = bundlesOf(loaded);
  const more = { about, snapshot, bundles, initialised: manifest.snapshot !== undefined };
  const service = await makeService(name, modulePath(loaded), merged, hostcalls, more);
  return {
    routes: servedPrefixes(manifest, path).map((prefix) => ({ prefix, target: service })),
    hostDirectories: merged.dir.length > 0,
  };
}

/** Whatever host they are asked of: this machine answers to all of its names. */
function servedPrefixes({ routes }: Manifest, where: string): string[] {
  const passed = routes.find(({ backend }) => backend !== undefined);
  if (passed !== undefined) {
    throw new SkerryError(
      "SKERRY_MANIFEST_INVALID",
      `the route ${passed.prefix}/... has a backend, and only a node passes requests on`,
      { where, remedy: "run `skerry node`, or leave the backend out" },
    );
  }
  return [...new Set(routes.map(({ prefix }) => prefix))];
}

/** The command line wins over the manifest. */
function mergeSettings(manifest: Manifest, folder: string, settings: ServeSettings): ServeSettings {
  const clock = settings.clock ?? manifest.clock;
  const memory = settings.maxMemory ?? manifest.memoryBytesMax;
  const timeout = settings.timeout ?? manifest.wallMsMax;
  const cpu = settings.cpu ?? manifest.cpuMsMax;
  const inFolder = manifest.directories.map((directory) => ({
    ...directory,
    host: directory.host.startsWith("/") ? directory.host : `${folder}/${directory.host}`,
  }));
  return {
    env: new Map([...manifest.env, ...settings.env]),
    dir: [...inFolder, ...settings.dir],
    ...(clock !== undefined && { clock }),
    ...(memory !== undefined && { maxMemory: memory }),
    ...(timeout !== undefined && { timeout }),
    ...(cpu !== undefined && { cpu }),
    ...(settings.allowGc !== undefined && { allowGc: settings.allowGc }),
    ...(settings.allowNoYield !== undefined && { allowNoYield: settings.allowNoYield }),
  };
}

/** What a manifest adds. */
interface ServiceDetails {
  readonly about?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly bundles?: readonly BundleOption[];
  /** Whether the bundles are in the module already, as its initialisation left them, or will be. */
  readonly initialised?: boolean;
}

async function makeService(
  name: string,
  module: string,
  settings: ServeSettings,
  hostcalls: LocalHostcalls,
  { about, snapshot, bundles: named = [], initialised = false }: ServiceDetails = {},
): Promise<Service> {
  const engineHeap = settings.allowGc === true ? "allowed" : "refused";
  const memoryBytesMax = settings.maxMemory;
  const requires = settings.allowNoYield === true ? [] : ["preempt" as const];
  if (snapshot !== undefined) note(`Initialising ${name} …`);
  const needed = snapshot !== undefined || !initialised;
  const bundles = needed ? await readBundles(named) : [];
  const program = await loadProgram(module, {
    snapshot,
    bundles,
    memoryBytesMax,
    engineHeap,
    isolation: {},
    requires,
  });
  for (const why of program.notRecycled) {
    note(`${name}: each request gets a new instance, which is slower: ${printable(why)}`);
  }
  const start = program.functionExports.get("_start");
  if (start === undefined || start.params.length + start.results.length > 0) {
    throw new SkerryError(
      "SKERRY_EXPORT_MISSING",
      "the module is no WASI command: it has no `_start`",
      {
        where: module,
      },
    );
  }
  const mounts = mountsOf(program, initialised ? [] : bundles, settings.dir);
  const bindings = hostcalls.bindingsFor(program);
  const hasPrivate = mounts.some(({ guestPath }) => guestPath === "/tmp");
  return {
    name,
    ...(about !== undefined && { about }),
    program,
    env: settings.env,
    ...(settings.clock !== undefined && { clock: settings.clock }),
    preopens: (clock) => {
      const bounds = requestBounds(clock);
      const mounted = mounts.map(({ preopen }) => preopen(bounds));
      return hasPrivate ? mounted : [...mounted, privateFolder(bounds)];
    },
    ...(bindings !== undefined && { bindings }),
    wallMsMax: settings.timeout ?? limits.requestWallMsMax,
    cpuMsMax: settings.cpu ?? limits.requestCpuMsMax,
    tenant: new Tenant({ name }),
  };
}

function nameOf(module: string): string {
  return module.replace(/^.*\//, "").replace(/\.wasm$/, "");
}
