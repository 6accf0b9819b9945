import * as pulumi from "@pulumi/pulumi";
import { type ProviderInputs, secretProviderInputNames } from "../generated/provider";
import { version } from "./pluginOptions";

/** Settings that are not given come from the environment. */
export interface ProviderArgs extends ProviderInputs {}

/**
 * A provider with credentials of its own, for the resources that are given it as `provider`. The others have one that is
 * told by the stack's configuration.
 *
 * @example
 * const production = new Provider("production", { publishSettingsPath: "production.publishsettings" });
 * new SubscriptionCertificateLink("alice-production", { subscriptionId, certificate: alice }, { provider: production });
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options: pulumi.ResourceOptions = {}) {
    const given = Object.entries(args).filter(([, value]) => value !== undefined);
    const settings = given.map(([key, value]) => {
      const text = pulumi.output(value).apply(textOf);
      return [key, secretProviderInputNames.includes(key) ? pulumi.secret(text) : text];
    });
    super("azure-certificates", name, Object.fromEntries(settings), { version, ...options });
  }
}

/** Pulumi's engine passes settings on as texts. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
