// What sdk/nodejs/generated/ says about a function of the provider.
import type { FunctionDefinition } from "../../provider/functions/definition";
import { jsonSchemaOf, upperFirst } from "./jsonSchema";
import { doc, inputType, membersOf, outputType, plainInputType } from "./sdkTypes";

/** In two forms, as Pulumi's own generator makes them: one takes plain values and gives a promise, one takes and gives outputs. */
export function functionFile(definition: FunctionDefinition): string {
  const { name, description } = definition;
  const upper = upperFirst(name);
  const nested: string[] = [];
  const inputs = jsonSchemaOf(definition.inputs);
  const outputs = jsonSchemaOf(definition.outputs);
  const result = Object.entries(outputs.properties ?? {}).map(
    ([field, schema]) =>
      `${doc(schema.description, "  ")}  readonly ${field}: ${outputType(schema, `${upper}${upperFirst(field)}`, nested)};`,
  );
  return `// Generated from the definition of ${name} by \`make schema\`. Do not edit.
import * as pulumi from "@pulumi/pulumi";
import { version } from "../native/pluginOptions";

${nested.join("\n\n")}

/** What ${name} is asked. */
export interface ${upper}Args {
${membersOf(inputs, plainInputType).join("\n\n")}
}

/** What ${name} is asked, as Inputs. */
export interface ${upper}OutputArgs {
${membersOf(inputs, inputType).join("\n\n")}
}

/** What ${name} answers. */
export interface ${upper}Result {
${result.join("\n\n")}
}

${doc(description, "")}export function ${name}(args: ${upper}Args, options: pulumi.InvokeOptions = {}): Promise<${upper}Result> {
  return pulumi.runtime.invoke("azure-certificates:index:${name}", { ...args }, { version, ...options });
}

${doc(description, "")}export function ${name}Output(args: ${upper}OutputArgs, options: pulumi.InvokeOutputOptions = {}): pulumi.Output<${upper}Result> {
  return pulumi.runtime.invokeOutput("azure-certificates:index:${name}", { ...args }, { version, ...options });
}
`;
}
