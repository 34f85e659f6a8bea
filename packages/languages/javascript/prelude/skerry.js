// The module "skerry": what a program may call beyond WASI, and what Skerry hands it. A module that nobody imports is not evaluated.

export { cache, CacheError } from "./skerry_cache.js";
export { KeyValueError, kv } from "./skerry_keys.js";
export { fetch } from "./skerry_fetch.js";
export { config, secret } from "./skerry_settings.js";
