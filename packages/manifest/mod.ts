/**
 * `skerry.toml`: its schema, and what it means.
 *
 * @module
 */
export type { ManifestCache, ManifestCacheKey, ManifestCachePass } from "./cache_schema.ts";
export {
  type Manifest,
  type ManifestBackend,
  type ManifestDirectory,
  type ManifestRoute,
  type ManifestUse,
  parseManifest,
} from "./manifest.ts";
