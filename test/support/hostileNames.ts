import fc from "fast-check";

/** What somebody may call a person, a subscription or a certificate to see what it does to a page, a calendar or a file of metrics. */
export const hostileNames: readonly string[] = [
  "</script><img src=x onerror=document.title=1>",
  "<!--<script>",
  "\"'><svg onload=document.title=1>",
  "Bobby\u202etxt.exe",
  "a\u0000b\u001b[2Jc\u0007",
  "line\r\nEND:VEVENT\r\nline\u2028\u2029",
  'quote" } 1\nevil_metric 1',
  "back\\slash\\",
  "comma, semicolon; colon:",
  "`{{7*7}}%s",
  "\ud800 alone",
  "é".repeat(200),
  "../../etc/passwd",
  "__proto__",
  "  ",
];

/** Those, and any text at all: code units as they come, halves of characters among them. */
export const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...hostileNames),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
);
