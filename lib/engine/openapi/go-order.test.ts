import { expect, it } from "vitest";
import { kindId } from "../apimachinery/meta";
import { inGoOrder } from "./go-order";

it("writes structs as Go declares them, maps by key, and what nobody declared last", () => {
  const pod = { status: {}, spec: { dnsPolicy: "Default", strange: 1, containers: [{ image: "nginx", name: "c", ports: [] }], nodeSelector: { b: "1", a: "2" } }, metadata: { namespace: "n", labels: { z: "1", a: "2" }, name: "p" }, apiVersion: "v1", kind: "Pod" };
  expect(JSON.stringify(inGoOrder(kindId("v1", "Pod"), pod))).toBe(
    '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","namespace":"n","labels":{"a":"2","z":"1"}},"spec":{"containers":[{"name":"c","image":"nginx","ports":[]}],"dnsPolicy":"Default","nodeSelector":{"a":"2","b":"1"},"strange":1},"status":{}}',
  );
});

it("leaves what it does not know as it is", () => {
  expect(JSON.stringify(inGoOrder(kindId("example.com/v1", "Backup"), { z: 1, a: 2 }))).toBe('{"z":1,"a":2}');
});
