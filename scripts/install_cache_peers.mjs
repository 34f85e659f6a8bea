// Installs the caches that `npm run bench -- cache` runs beside Skerry, from Debian's packages where it may, and what else
// that needs. Plain Node without dependencies, as the other scripts.

import { installPackage } from "./debian.mjs";
import "./install_bench_tools.mjs";

// The benchmark starts its own; what their packages start at once is only in the way.
installPackage("varnish", ["varnishd"], ["varnish", "varnishncsa"]);
installPackage("nginx", ["nginx"], ["nginx"]);
