import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyName } from "../../test/support/hostileNames";
import { embeddedJson, escapeHtml, html } from "./markup";

describe("HTML", () => {
  it("takes strings as text and only its own templates as HTML", () => {
    const inner = html`<b>${"<i>"}</b>`;
    expect(html`<p title="${'" onload="'}">${inner}${[inner, inner]}${1}</p>`.text).toBe(
      '<p title="&quot; onload=&quot;"><b>&lt;i&gt;</b><b>&lt;i&gt;</b><b>&lt;i&gt;</b>1</p>',
    );
  });

  it("shows what would be invisible or turn the line", () => {
    expect(escapeHtml("a\u202eb\u0000c\nd\ud800")).toBe("a\ufffdb\ufffdc\ufffdd\ufffd");
  });

  it("has nothing of a text that could end an element or an attribute", () => {
    fc.assert(
      fc.property(anyName, (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"'\p{Cc}\p{Cf}]|&(?!amp;|lt;|gt;|quot;|#39;)/u);
      }),
    );
  });

  it("embeds JSON that reads as it was and does not end its script", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.constant("</script><!--<script>")), (value) => {
        const { text } = embeddedJson(value);
        expect(text).not.toContain("<");
        expect(JSON.parse(text)).toBe(value);
      }),
    );
  });
});
