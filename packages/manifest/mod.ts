/**
 * `skerry.toml`: its schema, and what it means.
 *
 * @module
 */
export { type Manifest, type ManifestDirectory, parseManifest } from "./manifest.ts";
