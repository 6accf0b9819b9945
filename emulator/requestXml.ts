import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { serviceErrors } from "./errors";

const serviceNamespace = "http://schemas.microsoft.com/windowsazure";

/** A child of the root element that is in the service's namespace, with its text. */
export interface RequestElement {
  readonly name: string;
  readonly text: string;
}

const attributesSchema = z.record(z.string(), z.string()).default({});
const nodesSchema = z.array(z.record(z.string(), z.unknown()));
const textSchema = z.array(z.object({ "#text": z.string() }).strict());

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  parseAttributeValue: false,
  // A few hundred bytes of entities can stand for gigabytes, and no client sends any.
  processEntities: false,
});

/**
 * Reads a request body of one flat element: the children of the root, in order.
 *
 * @throws {ServiceError} InvalidXmlRequest unless it is well-formed XML without a document type, with the root in the service's namespace.
 */
export function readRequestXml(body: Buffer, rootName: string): readonly RequestElement[] {
  try {
    return read(body, rootName);
  } catch {
    // What is wrong with it the service does not say either.
    throw serviceErrors.invalidXml();
  }
}

function read(body: Buffer, rootName: string): readonly RequestElement[] {
  // Clients send whitespace before the declaration, which XML forbids and the service accepts.
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body).trim();
  if (/<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) {
    throw new TypeError("not well-formed, or with a document type");
  }
  const [rootNode, ...others] = nodesSchema.parse(parser.parse(text));
  if (rootNode === undefined || others.length > 0) {
    throw new TypeError("not one root");
  }
  const root = readNode(rootNode, new Map());
  if (root.name !== rootName || root.namespace !== serviceNamespace) {
    throw new TypeError("another root");
  }
  return nodesSchema
    .parse(root.content)
    .map((node) => readNode(node, root.prefixes))
    .filter((child) => child.namespace === serviceNamespace)
    .map((child) => ({
      name: child.name,
      text: textSchema
        .parse(child.content)
        .map((piece) => piece["#text"])
        .join(""),
    }));
}

interface Node {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly content: unknown;
}

function readNode(node: Readonly<Record<string, unknown>>, outer: ReadonlyMap<string, string>): Node {
  const [qualifiedName] = Object.keys(node).filter((key) => key !== ":@");
  if (qualifiedName === undefined || qualifiedName === "#text") {
    throw new TypeError("text where an element belongs");
  }
  const prefixes = new Map(outer);
  for (const [attribute, value] of Object.entries(attributesSchema.parse(node[":@"]))) {
    if (attribute === "xmlns") {
      prefixes.set("", value);
    } else if (attribute.startsWith("xmlns:")) {
      prefixes.set(attribute.slice("xmlns:".length), value);
    }
  }
  const [first = "", second] = qualifiedName.split(":");
  const [prefix, name] = second === undefined ? ["", first] : [first, second];
  return { name, namespace: prefixes.get(prefix), prefixes, content: node[qualifiedName] };
}
