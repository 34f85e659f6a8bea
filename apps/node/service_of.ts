/** From a version of a service to what the edge serves. */

import { type Clock, limits, parseClockPolicy } from "@skerry/base";
import type { ServiceState, Version } from "@skerry/control";
import type { Service } from "@skerry/edge";
import {
  bindHostcalls,
  hostcallInterfaces,
  type HostcallOptions,
  settingsFiles,
} from "@skerry/hostcalls";
import type { Program, Tenant } from "@skerry/sandbox";
import {
  bundleSectionName,
  MemoryBudget,
  memoryFileSystem,
  type MemoryFileSystemOptions,
  mountBundle,
  type Preopen,
  readBundleSection,
  TreeBudget,
  type WasiContext,
} from "@skerry/wasi";

/** A service by its full name. */
export function serviceName({ tenant, name }: Pick<ServiceState, "tenant" | "name">): string {
  return `${tenant}/${name}`;
}

/** What a version is served with. */
export interface ServiceParts {
  readonly program: Program;
  readonly tenant: Tenant;
  /** What its calls beyond WASI come to. */
  readonly hostcalls: Omit<HostcallOptions, "tenant" | "service">;
}

/** What the edge serves for a version. */
export function serviceOf(
  state:
    & Pick<ServiceState, "tenant" | "name" | "config" | "secrets">
    & Partial<Pick<ServiceState, "key">>,
  { number, settings }: Version,
  { program, tenant, hostcalls }: ServiceParts,
): Service {
  const mounts = program.customSections(bundleSectionName).map(readBundleSection);
  const budget = new TreeBudget();
  const opened = mounts.map((bundle) => ({
    at: bundle.guestPath,
    open: mountBundle(bundle, budget),
  }));
  const hasPrivate = opened.some(({ at }) => at === "/tmp");
  const settingsPreopens = settingsFiles(state);
  const importsMore = program.interfaces.some((wanted) => hostcallInterfaces.includes(wanted));
  const options = { ...hostcalls, tenant: state.tenant, service: state.name };
  const clock = settings.clock === undefined ? undefined : parseClockPolicy(settings.clock);
  return {
    name: serviceName(state),
    ...(state.key !== undefined && { key: state.key }),
    version: number,
    ...(settings.about !== undefined && { about: settings.about }),
    program,
    compresses: settings.compress === true,
    env: new Map(Object.entries(settings.env)),
    ...(clock !== undefined && { clock }),
    ...(importsMore && { bindings: (context: WasiContext) => bindHostcalls(options, context) }),
    preopens: (clock) => {
      const bounds = requestBounds(clock);
      const preopens = [...opened.map(({ open }) => open(bounds)), ...settingsPreopens];
      return hasPrivate ? preopens : [...preopens, privateFolder(bounds)];
    },
    wallMsMax: settings.wallMsMax ?? limits.requestWallMsMax,
    cpuMsMax: settings.cpuMsMax ?? limits.requestCpuMsMax,
    tenant,
  };
}

/** What one request may write to all file systems that are its own. */
function requestBounds(clock: Clock): MemoryFileSystemOptions {
  const { privateFilesBytesMax, privateFilesMax } = limits;
  return { clock, budget: new MemoryBudget(privateFilesBytesMax, privateFilesMax) };
}

/** `/tmp` for one request, gone with it. */
function privateFolder(bounds: MemoryFileSystemOptions): Preopen {
  return { guestPath: "/tmp", fileSystem: memoryFileSystem(bounds) };
}
