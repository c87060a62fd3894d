import { describe, expect, it } from "vitest";
import { scriptedCluster } from "../../../testing/scripted";

const pool = (spec: object) => ({ apiVersion: "metallb.io/v1beta1", kind: "IPAddressPool", metadata: { name: "oficina", namespace: "default" }, spec });

describe("an IPAddressPool", () => {
  const admin = scriptedCluster().as("admin");

  it("needs its addresses", () => {
    expect(() => admin.create(pool({}))).toThrow("spec.addresses: Required value");
  });

  it("refuses what is no block of addresses", () => {
    expect(() => admin.create(pool({ addresses: ["la 240"] }))).toThrow("spec.addresses[0]: Invalid value");
    expect(() => admin.create(pool({ addresses: [null] }))).toThrow("spec.addresses[0]");
  });

  it("takes ranges and CIDRs", () => {
    expect(() => admin.create(pool({ addresses: ["192.168.1.240-192.168.1.250", "192.168.2.0/28"] }))).not.toThrow();
  });
});
