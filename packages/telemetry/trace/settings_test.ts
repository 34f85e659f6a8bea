import assert from "node:assert/strict";
import { traceSettings } from "./settings.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318/" };

function read(environment: Record<string, string>) {
  return traceSettings((name) => environment[name], "1.2.3");
}

Deno.test("nothing is traced unless a collector is named, or where that is switched off", () => {
  const off = [
    {},
    { OTEL_TRACES_SAMPLER: "always_on" },
    { ...endpoint, OTEL_SDK_DISABLED: "TRUE" },
    { ...endpoint, OTEL_TRACES_EXPORTER: "none" },
    { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
  ];
  for (const environment of off) {
    assert.deepEqual(read(environment), { settings: undefined, problems: [] });
  }
});

Deno.test("the defaults are OpenTelemetry's but for the queue, which takes in a second at once", () => {
  assert.deepEqual(read(endpoint), {
    settings: {
      sampler: { share: 1, followsParent: true },
      export: {
        url: "http://collector:4318/v1/traces",
        headers: [],
        ...{ timeoutMs: 10_000, delayMs: 5_000, batchMax: 512, queueMax: 20_000 },
        resource: { "service.name": "skerry", "service.version": "1.2.3" },
      },
    },
    problems: [],
  });
});

Deno.test("what is said of traces goes before what is said of all signals", () => {
  const { settings } = read({
    ...endpoint,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://other.example/custom",
    OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=2",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: " authorization = Basic%20eA%3D%3D ,b=3,",
    OTEL_EXPORTER_OTLP_TIMEOUT: "1",
    OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "250",
    OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http/json",
    OTEL_SERVICE_NAME: "edge",
    OTEL_RESOURCE_ATTRIBUTES: "service.name=no,deployment.environment=caf%C3%A9",
    OTEL_BSP_MAX_QUEUE_SIZE: "100",
  });
  assert.deepEqual(settings?.export, {
    url: "https://other.example/custom",
    headers: [["a", "1"], ["b", "3"], ["authorization", "Basic eA=="]],
    ...{ timeoutMs: 250, delayMs: 5_000, batchMax: 100, queueMax: 100 },
    resource: {
      "service.name": "edge",
      "service.version": "1.2.3",
      "deployment.environment": "café",
    },
  });
});

Deno.test("every sampler of the specification is understood", () => {
  const sampler = (OTEL_TRACES_SAMPLER: string, OTEL_TRACES_SAMPLER_ARG = "") =>
    read({ ...endpoint, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG }).settings?.sampler;
  assert.deepEqual(sampler("always_on"), { share: 1, followsParent: false });
  assert.deepEqual(sampler("always_off"), { share: 0, followsParent: false });
  assert.deepEqual(sampler("traceidratio", "0.25"), { share: 0.25, followsParent: false });
  assert.deepEqual(sampler("traceidratio"), { share: 1, followsParent: false });
  assert.deepEqual(sampler("parentbased_always_off"), { share: 0, followsParent: true });
  assert.deepEqual(sampler("parentbased_traceidratio", "1e-3"), {
    share: 0.001,
    followsParent: true,
  });
});

Deno.test("what cannot be done is told, nothing is traced then, and no secret is in what is told", () => {
  const secret = "hunter2";
  const mistakes = [
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `http://user:${secret}@collector/` },
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "collector:4318" },
    { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
    { OTEL_TRACES_EXPORTER: "zipkin" },
    { OTEL_TRACES_SAMPLER: "jaeger_remote" },
    { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "1.5" },
    { OTEL_EXPORTER_OTLP_HEADERS: secret },
    { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}%` },
    { OTEL_EXPORTER_OTLP_HEADERS: `authorization=${secret}%0a` },
    { OTEL_EXPORTER_OTLP_HEADERS: `author%20ization=${secret}` },
    { OTEL_EXPORTER_OTLP_TIMEOUT: "10s" },
    { OTEL_BSP_MAX_QUEUE_SIZE: "0" },
  ];
  for (const mistake of mistakes) {
    const { settings, problems } = read({ ...endpoint, ...mistake });
    assert.equal(settings, undefined, JSON.stringify(mistake));
    assert.ok(problems.length === 1 && !problems.join("").includes(secret), problems.join("\n"));
  }
});
