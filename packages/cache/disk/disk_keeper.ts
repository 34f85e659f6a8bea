/**
 * Keeps a disk tier within its bounds: one for a node, which is told how its folders grow and looks into them when they are
 * to be made smaller.
 *
 * What always holds: who is within their own share loses nothing to others; of a tenant's files those go that were used
 * longest ago among some hundreds, which are a sample of all, since names are hashes. What it was told is corrected whenever
 * it looks: cells may have ended before they could tell.
 */

import type { Clock } from "@skerry/base";
import type { FolderGrowth } from "./disk_account.ts";
import type { ListedObject, ObjectFolders } from "./object_folders.ts";

/** What a keeper is made of. */
export interface DiskKeeperParts {
  readonly folders: ObjectFolders;
  readonly clock: Clock;
  readonly bytesMax: number;
  readonly filesMax: number;
  /** How much a tenant's folder counts beside others. */
  readonly weightOf: (tenantFolder: string) => number;
}

/** What there is. */
export interface DiskUsage {
  readonly bytes: number;
  readonly files: number;
}

/** How many files are looked at before some of them are chosen. */
const sampleFiles = 512;
/** How many of them go, at most, before others are looked at. */
const chosenShare = 1 / 8;
/** How far below its bounds it is made smaller, so that it is not for every file. */
const spareShare = 0.02;
/** How much time passes between looks while all is counted, for each that a look took: others have work to do. */
const pauseShare = 3;

interface Tenant {
  readonly name: string;
  readonly folders: Map<string, DiskUsage>;
  usage: DiskUsage;
  /** Folders that are looked into before others, in turn. */
  turn: string[];
}

/** See the head of this file. */
export class DiskKeeper {
  readonly #parts: DiskKeeperParts;
  readonly #tenants = new Map<string, Tenant>();
  #usage: DiskUsage = nothing;
  readonly #over = new AbortController();
  #counting: Promise<void> | undefined;
  #tidying: Promise<void> | undefined;
  #evicted = 0;

  constructor(parts: DiskKeeperParts) {
    this.#parts = parts;
  }

  /** As far as is known; while all is still being counted, less. */
  get usage(): DiskUsage {
    return this.#usage;
  }

  /** How many files had to go so far. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Counts all there is, without haste. Rejects with what the disk throws. */
  count(): Promise<void> {
    return this.#counting ??= this.#count();
  }

  /** Takes note of how folders have grown since it was told last. */
  grown(growth: Readonly<Record<string, FolderGrowth>>): void {
    for (const [folder, { bytes, files }] of Object.entries(growth)) {
      const old = this.#tenants.get(tenantIn(folder))?.folders.get(folder) ?? nothing;
      this.#set(folder, {
        bytes: Math.max(0, old.bytes + bytes),
        files: Math.max(0, old.files + files),
      });
    }
  }

  /** Makes it smaller where it is too large; once at a time. Rejects with what the disk throws. */
  tidy(): Promise<void> {
    return this.#tidying ??= this.#tidy().finally(() => this.#tidying = undefined);
  }

  /** Looks no further. */
  stop(): void {
    this.#over.abort();
  }

  async #count(): Promise<void> {
    const { folders, clock } = this.#parts;
    for await (const folder of folders.list()) {
      if (this.#over.signal.aborted) return;
      const began = clock.monotonicNs();
      await this.#look(folder);
      const tookMs = Number(clock.monotonicNs() - began) / 1e6;
      await clock.sleep(tookMs * pauseShare, this.#over.signal);
    }
  }

  async #tidy(): Promise<void> {
    while (this.#excess(0) > 0 && !this.#over.signal.aborted) {
      const tenant = this.#greatest();
      if (tenant === undefined) return;
      await this.#shrink(tenant);
    }
  }

  /** By which part of its bounds it is too large; 0 where it is not. */
  #excess(spare: number): number {
    const { bytesMax, filesMax } = this.#parts;
    const { bytes, files } = this.#usage;
    return Math.max(0, bytes / bytesMax - (1 - spare), files / filesMax - (1 - spare));
  }

  /** Who has most for its weight is above its share whenever it is too much. */
  #greatest(): Tenant | undefined {
    const { bytesMax, filesMax, weightOf } = this.#parts;
    const isByFiles = this.#usage.files / filesMax > this.#usage.bytes / bytesMax;
    let greatest: Tenant | undefined;
    let most = 0;
    for (const tenant of this.#tenants.values()) {
      const { usage, name } = tenant;
      const part = (isByFiles ? usage.files : usage.bytes) / weightOf(name);
      if (part > most) [greatest, most] = [tenant, part];
    }
    return greatest;
  }

  /** Removes what was used longest ago of a sample. */
  async #shrink(tenant: Tenant): Promise<void> {
    const sample: ListedObject[] = [];
    const looked = new Set<string>();
    while (sample.length < sampleFiles && looked.size < tenant.folders.size) {
      const folder = nextFolder(tenant);
      if (folder === undefined || looked.has(folder)) break;
      looked.add(folder);
      sample.push(...await this.#look(folder));
    }
    if (this.#excess(0) === 0) return;
    sample.sort((one, other) => one.usedMs - other.usedMs);
    const isAll = looked.size >= tenant.folders.size;
    const chosenMax = isAll ? sample.length : Math.ceil(sample.length * chosenShare);
    for (const object of sample.slice(0, chosenMax)) {
      if (this.#excess(spareShare) === 0) return;
      this.#parts.folders.remove(object.path);
      this.#evicted += 1;
      this.grown({ [folderOf(object.path)]: { bytes: -object.bytes, files: -1 } });
    }
  }

  /** What is in a folder, which is known exactly from then on. */
  async #look(folder: string): Promise<readonly ListedObject[]> {
    const files = await this.#parts.folders.files(folder);
    const bytes = files.reduce((total, file) => total + file.bytes, 0);
    this.#set(folder, { bytes, files: files.length });
    return files;
  }

  #set(folder: string, usage: DiskUsage): void {
    const name = tenantIn(folder);
    const tenant = this.#tenants.get(name) ??
      { name, folders: new Map(), usage: nothing, turn: [] };
    const old = tenant.folders.get(folder) ?? nothing;
    tenant.usage = changed(tenant.usage, old, usage);
    this.#usage = changed(this.#usage, old, usage);
    if (usage.files === 0) tenant.folders.delete(folder);
    else tenant.folders.set(folder, usage);
    if (tenant.folders.size === 0) this.#tenants.delete(name);
    else this.#tenants.set(name, tenant);
  }
}

const nothing: DiskUsage = { bytes: 0, files: 0 };

function nextFolder(tenant: Tenant): string | undefined {
  if (tenant.turn.length === 0) tenant.turn = [...tenant.folders.keys()].reverse();
  return tenant.turn.pop();
}

function changed(all: DiskUsage, old: DiskUsage, next: DiskUsage): DiskUsage {
  return {
    bytes: all.bytes - old.bytes + next.bytes,
    files: all.files - old.files + next.files,
  };
}

/** A folder's path begins with its tenant's. */
function tenantIn(folder: string): string {
  return folder.slice(0, folder.indexOf("/"));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
