import { expect, it } from "vitest";
import { onlyReads } from "./only-reads";

it.each([
  ["GET", "/api/v1/pods"],
  ["HEAD", "/apis/apps/v1/namespaces/default/deployments/web"],
  ["GET", "/api/v1/namespaces/default/pods/web/log"],
  ["POST", "/api/v1/namespaces/default/pods/web/exec"],
  ["GET", "/api/v1/nodes/node-1/proxy/pods"],
  ["GET", "/api/v1/namespaces/proxy/pods/proxy"],
  ["GET", "/no%"],
])("%s %s leaves the cluster as it is", (method, path) => {
  expect(onlyReads({ method, path })).toBe(true);
});

it.each([
  ["POST", "/api/v1/namespaces/default/pods"],
  ["DELETE", "/api/v1/namespaces/default/pods/exec"],
  ["POST", "/apis/example.org/v1/namespaces/default/pods/web/exec"],
  ["GET", "/api/v1/namespaces/default/services/web:80/proxy/"],
  ["GET", "/api/v1/namespaces/default/pods/web/pr%6fxy/exec"],
  ["OPTIONS", "/api/v1/namespaces/default/pods/web/proxy"],
])("%s %s may change it", (method, path) => {
  expect(onlyReads({ method, path })).toBe(false);
});
