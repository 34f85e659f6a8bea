/**
 * `skerry.toml`: its schema, and what it means.
 *
 * @module
 */
export {
  type Manifest,
  type ManifestBackend,
  type ManifestDirectory,
  type ManifestRoute,
  type ManifestUse,
  parseManifest,
} from "./manifest.ts";
