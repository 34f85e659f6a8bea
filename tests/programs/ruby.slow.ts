/** Ruby in a sandbox, with its standard library, on files that are in memory alone. */

import assert from "node:assert/strict";
import { rubyCommand } from "./engines.ts";
import { fileAt } from "./file_tree.ts";
import { filesInMemory, load, run } from "./run_in_sandbox.ts";

const script = String.raw`
require "json"; require "set"; require "digest"; require "time"; require "erb"
require "fileutils"; require "tmpdir"; require "stringio"; require "optparse"
Item = Data.define(:name, :price) do
  def to_json(*rest) = { name:, price: price.round(2) }.to_json(*rest)
end
items = [Item.new("rope", 12.5), Item.new("sail", 99.991), Item.new(name: "oar", price: 40)]
puts JSON.generate(items), JSON.parse('{"a":[1,2.5,null,"\u00e4"]}', symbolize_names: true).inspect
FileUtils.mkdir_p("/work/a/b/c")
items.each_with_index { |item, index| File.write("/work/a/b/#{item.name}.json", item.to_json * (index + 1)) }
File.open("/work/log", "w+") { |file| 100.times { |n| file.puts "line #{n}" }; file.seek(-8, IO::SEEK_END); puts file.read.inspect }
puts Dir.glob("/work/**/*").sort.inspect, File.foreach("/work/log").grep(/9$/).size, File.stat("/work/log").size
FileUtils.mv("/work/a/b/oar.json", "/work/a/oar.json"); FileUtils.rm_r("/work/a/b")
puts Dir.children("/work/a").inspect
Dir.mktmpdir { |folder| File.binwrite("#{folder}/x", "\0" * 1000); puts File.size("#{folder}/x") }
puts Digest::SHA256.hexdigest("skerry"), Time.parse("2026-11-21T10:00:00Z").iso8601, Set[3, 1, 2].sort.inspect
puts ERB.new("<% items.each do |item| %><%= item.name %> <% end %>").result_with_hash(items:)
case { user: { roles: [:admin, :dev], name: "Ada" } }
in { user: { roles: [*, :dev, *], name: String => name } } then puts "#{name} develops"
end
enum = Enumerator.produce([0, 1]) { |a, b| [b, a + b] }.lazy.map(&:first).select(&:even?)
puts enum.first(6).inspect, (1..20).each_slice(7).map(&:sum).inspect, 2**100, 10.fdiv(4), 7.pow(222, 1_000_007)
def refused(name)
  yield; puts "#{name} was allowed"
rescue SystemCallError, ScriptError => error then puts "#{name}: #{error.class}"
end
refused("passwd") { File.read("/etc/passwd") }
refused("fork") { fork }
begin; Integer("x"); rescue ArgumentError => error; puts error.message; ensure puts "ensured"; end
puts catch(:done) { [1, 2, 3].each { |n| throw :done, n * 10 if n > 1 } }, ObjectSpace.respond_to?(:each_object), RUBY_VERSION
$stderr.puts "a warning"; $stdout.flush
`;

const printed =
  `[{"name":"rope","price":12.5},{"name":"sail","price":99.99},{"name":"oar","price":40}]
{a: [1, 2.5, nil, "ä"]}
"line 99\\n"
["/work/a", "/work/a/b", "/work/a/b/c", "/work/a/b/oar.json", "/work/a/b/rope.json", "/work/a/b/sail.json", "/work/log"]
10
790
["oar.json"]
1000
afe86b1f7924d4bbeb58c4c7060ccff9210969484dbda3fe6c751c726d90897a
2026-11-21T10:00:00Z
[1, 2, 3]
rope sail oar 
Ada develops
[0, 2, 8, 34, 144, 610]
[28, 77, 105]
1267650600228229401496703205376
2.5
302138
passwd: Errno::ENOENT
fork: NotImplementedError
invalid value for Integer(): "x"
ensured
20
true
4.0.0
`;

Deno.test("Ruby works on objects, patterns and files with its library", async () => {
  const ruby = await load(await rubyCommand(script));
  const files = filesInMemory();
  const ended = await run(ruby, { files });
  assert.equal(ended.stdout, printed);
  assert.equal(ended.stderr, "a warning\n");
  assert.deepEqual(ended.outcome, { kind: "returned", values: [] });
  assert.equal(fileAt(files, "work/log")?.length, 790);
});

Deno.test("Ruby tells of an exception that nobody rescues by its exit code", async () => {
  const ended = await run(await load(await rubyCommand('raise "no"')), { files: filesInMemory() });
  assert.deepEqual(ended.outcome, { kind: "exited", code: 1 });
});
