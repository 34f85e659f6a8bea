/** Perl 5 as a WASI reactor, through its exports for starting, evaluating and flushing. */

import { passString } from "./guest_strings.ts";
import { exportedFunction, readPackageFile, type RealProgram } from "./real_program.ts";
import { WasiHost } from "./wasi_host.ts";

const script = `
use strict; use warnings;
my %count;
$count{$_}++ for map { lc } "To be, or not to be: that is the question" =~ /\\w+/g;
printf "%-8s %d\\n", $_, $count{$_} for sort { $count{$b} <=> $count{$a} || $a cmp $b } keys %count;
my @stack = map { { name => $_, length => length } } qw(sandbox lease cell);
print join(", ", map { "$_->{name}=$_->{length}" } sort { $a->{length} <=> $b->{length} } @stack), "\\n";
sub ackermann { my ($m, $n) = @_; $m == 0 ? $n + 1 : $n == 0 ? ackermann($m - 1, 1) : ackermann($m - 1, ackermann($m, $n - 1)) }
print ackermann(2, 9), "\\n";
eval { die { code => 42 } }; print "caught $@->{code}\\n";
eval { my $zero = 0; my $x = 1 / $zero; }; print $@ =~ /division by zero/ ? "no division by zero\\n" : "wrong\\n";
(my $text = "2026-11-21") =~ s{(\\d+)-(\\d+)-(\\d+)}{$3.$2.$1}; print "$text\\n";
my $sum = 0; $sum += $_ ** 2 for 1 .. 1000; print "$sum\\n";
print pack("N n C", 1, 2, 3) eq "\\0\\0\\0\\1\\0\\2\\3" ? "packed\\n" : "wrong\\n";
`;

/** Evaluates a script. */
export const perl: RealProgram = {
  name: "Perl 5 evaluates a script",
  output: `be       2
to       2
is       1
not      1
or       1
question 1
that     1
the      1
cell=4, lease=5, sandbox=7
21
caught 42
no division by zero
21.11.2026
333833500
packed
`,
  async run(instantiate) {
    const host = new WasiHost({ args: ["perl"], devices: "null" });
    const instance = await instantiate(
      await readPackageFile("@6over3/zeroperl-ts/dist/esm/zeroperl.wasm"),
      {
        ...host.imports,
        env: {
          call_host_function() {
            throw new Error("Perl called its host");
          },
        },
      },
    );
    host.initialize(instance);
    const started = exportedFunction(instance, "zeroperl_init")();
    const malloc = exportedFunction(instance, "malloc");
    const [code] = passString(instance, (bytes) => Number(malloc(bytes)), `${script}\0`);
    const failed = exportedFunction(instance, "zeroperl_eval")(code, 0, 0, 0);
    exportedFunction(instance, "zeroperl_flush")();
    const status = started === 0 && failed === 0 ? "" : `[init ${started}, eval ${failed}]\n`;
    return host.text("stdout") + host.text("stderr") + status;
  },
};
