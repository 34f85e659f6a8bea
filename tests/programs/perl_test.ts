/** Perl in a sandbox, with the modules that its package brings, on files that are in memory alone. */

import assert from "node:assert/strict";
import { perlCommand } from "./engines.ts";
import { fileAt } from "./file_tree.ts";
import { filesInMemory, load, run } from "./run_in_sandbox.ts";

const script = String.raw`
use strict; use warnings;
use List::Util qw(sum max first reduce); use Data::Dumper; use File::Find; use File::Path qw(make_path);
$Data::Dumper::Sortkeys = 1; $Data::Dumper::Indent = 1; $Data::Dumper::Terse = 1;
package Account { sub new { my ($class, %with) = @_; bless { balance => 0, %with }, $class }
  sub add { my ($self, $amount) = @_; die { code => 'negative', amount => $amount } if $amount < 0; $self->{balance} += $amount; $self } }
my $account = Account->new(owner => "Ada")->add(10)->add(2.5);
print Dumper($account);
eval { $account->add(-1) }; print "refused: $@->{code} $@->{amount}\n";
make_path("/work/logs/old");
for my $day (1 .. 3) {
  open(my $log, '>', "/work/logs/day$day") or die "cannot write: $!";
  printf $log "%s GET /%d %d\n", ("a" .. "c")[$_ % 3], $_, 200 + $_ % 2 * 204 for 1 .. $day * 10;
  close $log;
}
my (%seen, @lines);
find(sub { return unless -f; open my $in, '<', $_ or die; push @lines, <$in> }, "/work/logs");
for (@lines) { /^(?<who>\w) GET (?<what>\S+) (?<status>\d{3})$/ or die "strange: $_"; $seen{$+{who}}{$+{status}}++ }
print join(", ", map { my $who = $_; "$who: " . join("/", map { "$_=$seen{$who}{$_}" } sort keys %{$seen{$who}}) } sort keys %seen), "\n";
rename "/work/logs/day1", "/work/logs/old/day1" or die; unlink "/work/logs/day2" or die;
opendir(my $folder, "/work/logs") or die; print join(" ", sort grep { !/^\.\.?$/ } readdir $folder), "\n";
print -s "/work/logs/day3", " bytes, ", (stat _)[3], " link\n";
open(my $missing, '<', "/etc/passwd") or print "no passwd: $!\n";
print "sum ", sum(map { $_ ** 2 } 1 .. 10), ", longest ", (reduce { length $a >= length $b ? $a : $b } qw(a lease sandbox cell)), ", int ", int(-2.5), "\n";
my $text = "2026-11-21 and 1999-12-31"; my @dates = $text =~ /(\d{4})-(\d\d)-(\d\d)/g; print "@dates\n";
(my $swapped = $text) =~ s/(\d+)-(\d+)-(\d+)/$3.$2.$1/g; print "$swapped\n";
print "sorted: @{[sort { $b <=> $a || $a cmp $b } (3, 11, 2)]}, packed: ", unpack("H*", pack("NnC/a*", 1, 2, "xyz")), "\n";
my $result = eval { system("ls") }; print "a process: ", (defined $result && $result == 0 ? "started" : "none"), "\n";
print STDERR "a warning\n";
`;

const printed = `bless( {
  'balance' => '12.5',
  'owner' => 'Ada'
}, 'Account' )
refused: negative -1
a: 200=9/404=10, b: 200=10/404=11, c: 200=11/404=9
day3 old
411 bytes, 1 link
no passwd: No such file or directory
sum 385, longest sandbox, int -2
2026 11 21 1999 12 31
21.11.2026 and 31.12.1999
sorted: 11 3 2, packed: 0000000100020378797a
a process: none
`;

Deno.test("Perl works on objects, patterns and files, and starts no process", async () => {
  const perl = await load(await perlCommand(script));
  const files = filesInMemory();
  const ended = await run(perl, { files });
  assert.equal(ended.stdout, printed);
  assert.equal(ended.stderr, "a warning\n");
  assert.deepEqual(ended.outcome, { kind: "returned", values: [] });
  assert.equal(fileAt(files, "work/logs/day3")?.length, 411);
});
