import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ServiceError } from "./errors";
import { readRequestXml } from "./requestXml";

const azure = "http://schemas.microsoft.com/windowsazure";
const read = (text: string) => readRequestXml(Buffer.from(text), "R");

describe("the XML of a request", () => {
  it.each([
    ["plain", `<R xmlns="${azure}"><A>1</A><B>2</B></R>`],
    [
      "with a declaration and whitespace in front",
      `\r\n <?xml version="1.0"?>\n<R xmlns="${azure}"><A>1</A><B>2</B></R>\n`,
    ],
    ["with a byte order mark", `\uFEFF<R xmlns="${azure}"><A>1</A><B>2</B></R>`],
    ["with prefixes", `<p:R xmlns:p="${azure}"><p:A>1</p:A><p:B>2</p:B></p:R>`],
    ["with the namespace on the children", `<p:R xmlns:p="${azure}"><A xmlns="${azure}">1</A><p:B>2</p:B></p:R>`],
    ["with a stranger's element among them", `<R xmlns="${azure}"><A>1</A><x:C xmlns:x="urn:x">3</x:C><B>2</B></R>`],
    ["with comments", `<!-- a --><R xmlns="${azure}"><A>1</A><!-- b --><B>2</B></R>`],
    ["as character data", `<R xmlns="${azure}"><A><![CDATA[1]]></A><B>2</B></R>`],
  ])("is read %s", (_form, text) => {
    expect(read(text)).toEqual([
      { name: "A", text: "1" },
      { name: "B", text: "2" },
    ]);
  });

  it.each([
    ["no namespace", "<R><A>1</A></R>"],
    ["a prefix that stands for nothing", "<p:R><p:A>1</p:A></p:R>"],
    ["nested elements", `<R xmlns="${azure}"><A><B>1</B></A></R>`],
    ["text between the elements", `<R xmlns="${azure}"><A>1</A>text</R>`],
    ["a document type", `<!DOCTYPE R><R xmlns="${azure}"><A>1</A></R>`],
    ["a document type in lower case", `<!doctype R><R xmlns="${azure}"><A>1</A></R>`],
    ["an element that is not closed", `<R xmlns="${azure}"><A>1</R>`],
    ["a name that is a trap", `<R xmlns="${azure}"><__proto__>1</__proto__></R>`],
  ])("is refused with %s", (_what, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: "InvalidXmlRequest", status: 400 }));
  });

  it("is read or refused, whatever the bytes are: nothing else comes out", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (bytes, text) => {
        for (const body of [Buffer.from(bytes), Buffer.from(`<R xmlns="${azure}">${text}</R>`)]) {
          try {
            readRequestXml(body, "R");
          } catch (error) {
            expect(error).toBeInstanceOf(ServiceError);
          }
        }
      }),
    );
  });
});
