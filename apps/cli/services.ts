/** From what `skerry serve` is pointed at to services. */

import { type ClockPolicy, limits, printable, SkerryError } from "@skerry/base";
import type { Route, Service } from "@skerry/edge";
import type { Manifest, ManifestCache } from "@skerry/manifest";
import { type Program, Tenant } from "@skerry/sandbox";
import type { Bundle } from "@skerry/wasi";
import { buildProject, bundlesOf, isStale, modulePath } from "./build_project.ts";
import { type LoadedManifest, loadManifest, manifestPath, programOf, readModule } from "./load.ts";
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

/** What a target asks for, before its module is read. */
export interface TargetPlan {
  /** Undefined where the target is a module. */
  readonly loaded: LoadedManifest | undefined;
  readonly prefixes: readonly string[];
  readonly service: ServicePlan;
}

/** A service without its program: plain data, which can be sent to another thread. */
export interface ServicePlan {
  readonly name: string;
  /** Where its module is. */
  readonly module: string;
  readonly about: string | undefined;
  readonly settings: ServeSettings;
  /** What its manifest says of the cache. */
  readonly cache: ManifestCache | undefined;
  /** The export that initialises the module, where that is still to be done. */
  readonly snapshot: string | undefined;
  readonly bundles: readonly BundleOption[];
  /** Whether the bundles are in the module already, as its initialisation left them, or will be. */
  readonly initialised: boolean;
}

/** A service's program, and the bundles that its requests find beside those in it. */
export interface ServiceParts {
  readonly program: Program;
  readonly bundles: readonly Bundle[];
}

/** Loads one target: a module answers every path, a manifest those that it names. */
export async function loadServices(
  target: string,
  settings: ServeSettings,
  hostcalls: LocalHostcalls,
): Promise<LoadedServices> {
  const plan = await planTarget(target, settings);
  const { loaded } = plan;
  if (loaded !== undefined && await isStale(loaded)) {
    note(`Building ${loaded.manifest.name} …`);
    const { warnings } = await buildProject(loaded);
    for (const warning of warnings) note(warning);
  }
  const module = await readModule(plan.service.module, limits.artifactBytesMax);
  return servicesOf(plan, await loadParts(plan.service, module), hostcalls);
}

/** Reads what a target says of itself. */
export async function planTarget(target: string, settings: ServeSettings): Promise<TargetPlan> {
  const path = await manifestPath(target);
  if (path === undefined) {
    const none = { about: undefined, cache: undefined, snapshot: undefined, bundles: [] };
    const service = { name: nameOf(target), module: target, settings, ...none, initialised: false };
    return { loaded: undefined, prefixes: [""], service };
  }
  const loaded = await loadManifest(path);
  const { manifest, folder } = loaded;
  const service = {
    name: manifest.name,
    module: modulePath(loaded),
    about: manifest.about,
    settings: mergeSettings(manifest, folder, settings),
    cache: manifest.cache,
    // What was built here has its initialisation behind it.
    snapshot: manifest.language === undefined ? manifest.snapshot : undefined,
    bundles: bundlesOf(loaded),
    initialised: manifest.snapshot !== undefined,
  };
  return { loaded, prefixes: servedPrefixes(manifest, path), service };
}

/** What is served, of a plan and its program. */
export function servicesOf(
  { prefixes, service: plan }: Pick<TargetPlan, "prefixes" | "service">,
  parts: ServiceParts,
  hostcalls: LocalHostcalls,
): LoadedServices {
  const target = makeService(plan, parts, hostcalls);
  return {
    routes: prefixes.map((prefix) => ({ prefix, target })),
    hostDirectories: plan.settings.dir.length > 0,
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

/** Compiles a service's program, and reads its bundles. */
export async function loadParts(
  plan: ServicePlan,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<ServiceParts> {
  const { name, module, settings, snapshot, initialised } = plan;
  if (snapshot !== undefined) note(`Initialising ${name} …`);
  const needed = snapshot !== undefined || !initialised;
  const bundles = needed ? await readBundles(plan.bundles) : [];
  const program = await programOf(module, bytes, {
    snapshot,
    bundles,
    memoryBytesMax: settings.maxMemory,
    engineHeap: settings.allowGc === true ? "allowed" : "refused",
    isolation: {},
    requires: settings.allowNoYield === true ? [] : ["preempt"],
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
  return { program, bundles: initialised ? [] : bundles };
}

function makeService(
  { name, about, settings, cache: said }: ServicePlan,
  { program, bundles }: ServiceParts,
  hostcalls: LocalHostcalls,
): Service {
  const mounts = mountsOf(program, bundles, settings.dir);
  const bindings = hostcalls.bindingsFor(program, name);
  const cache = hostcalls.cacheRulesOf(name, said);
  const hasPrivate = mounts.some(({ guestPath }) => guestPath === "/tmp");
  return {
    name,
    ...(about !== undefined && { about }),
    program,
    env: settings.env,
    ...(settings.clock !== undefined && { clock: settings.clock }),
    ...(bindings !== undefined && { bindings }),
    ...(cache !== undefined && { cache }),
    preopens: (clock) => {
      const bounds = requestBounds(clock);
      const mounted = mounts.map(({ preopen }) => preopen(bounds));
      return hasPrivate ? mounted : [...mounted, privateFolder(bounds)];
    },
    wallMsMax: settings.timeout ?? limits.requestWallMsMax,
    cpuMsMax: settings.cpu ?? limits.requestCpuMsMax,
    tenant: new Tenant({ name }),
  };
}

function nameOf(module: string): string {
  return module.replace(/^.*\//, "").replace(/\.wasm$/, "");
}
