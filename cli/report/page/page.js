// The script of the report's page: it filters what the page holds, and lays out the table of people and doors from the
// keys that are in it. Names are data: they become text nodes and nothing else.
"use strict";

(() => {
  const peoplePerPage = 50;
  const keysNamed = 6;
  const [own, shared, previous, revoked, missing] = [0, 1, 2, 3, 4];
  const filterDelayMs = 80;

  /**
   * @typedef {[id: string, name: string, hasLeft: number]} Person
   * @typedef {[label: string, id: string]} Door
   * @typedef {[kind: number, label: string, holders: number[], doors: number[], stack: number]} Key
   */

  /** @param {string} id @returns {HTMLElement} */
  const element = (id) => {
    const found = document.getElementById(id);
    if (found === null) {
      throw new TypeError(`the page has no ${id}`);
    }
    return found;
  };

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {string} className
   * @param {...(Node | string)} children
   */
  const make = (tag, className, ...children) => {
    const made = document.createElement(tag);
    made.className = className;
    made.append(...children);
    return made;
  };

  /** @param {number} number @param {string} one @param {string} several */
  const count = (number, one, several) => `${number.toLocaleString("en")} ${number === 1 ? one : several}`;

  // ---- rows that are in the page ----

  const lists = [...document.querySelectorAll("[data-rows]")].map((list) => ({
    name: list instanceof HTMLElement ? (list.dataset["rows"] ?? "") : "",
    rows: [...list.children],
  }));

  /** @type {Map<string, string[]>} */
  const textsOfLists = new Map();

  /** Read at the first filtering: thousands of rows are not read twice for somebody who only looks. @param {typeof lists[number]} list */
  const textsOf = ({ name, rows }) => {
    const texts =
      textsOfLists.get(name) ??
      rows.map((row) =>
        `${row.textContent} ${row.querySelector("svg")?.getAttribute("aria-label") ?? ""}`.toLowerCase(),
      );
    textsOfLists.set(name, texts);
    return texts;
  };

  /** @param {readonly string[]} words @returns {Map<string, number>} how many of each list are left */
  const filterRows = (words) =>
    new Map(
      lists.map((list) => {
        const texts = words.length === 0 ? [] : textsOf(list);
        let left = 0;
        list.rows.forEach((row, index) => {
          const isWanted = words.every((word) => texts[index]?.includes(word));
          row.toggleAttribute("hidden", !isWanted);
          left += Number(isWanted);
        });
        return [list.name, left];
      }),
    );

  // ---- people and doors ----

  const matrix = document.getElementById("matrix");

  /** @returns {(words: readonly string[]) => number} lays out who is left, and says how many that are */
  const startMatrix = () => {
    if (matrix === null) {
      return () => 0;
    }
    /** @type {{ people: Person[], doors: Door[], stacks: string[], keys: Key[] }} */
    const { people, doors, stacks, keys } = JSON.parse(element("access").textContent ?? "");
    /** @type {number[][]} */
    const keysOf = people.map(() => []);
    keys.forEach(([, , holders], key) => {
      for (const holder of holders) {
        keysOf[holder]?.push(key);
      }
    });
    const personTexts = people.map(([id, name]) => `${id} ${name}`.toLowerCase());
    const keyTexts = keys.map(([, label, , , stack]) => `${label} ${stacks[stack]}`.toLowerCase());
    const doorTexts = doors.map((door) => door.join(" ").toLowerCase());

    let shownPeople = people.map((_, person) => person);
    let shownDoors = doors.map((_, door) => door);
    let first = 0;

    const frame = make("div", "matrix-frame");
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", "Table of people and doors");
    const place = make("p", "muted");
    place.setAttribute("role", "status");
    const back = make("button", "", "Previous");
    const forth = make("button", "", "Next");
    const pager = make("div", "pager", back, forth, place);
    matrix.append(frame, pager);

    /** @param {number} person */
    const rowOf = (person) => {
      const [id = "", name = "", hasLeft = 0] = people[person] ?? [];
      /** @type {Map<number, Key[]>} */
      const byDoor = new Map();
      /** @type {Set<string>} */
      const labels = new Set();
      const theirs = (keysOf[person] ?? []).map((key) => keys[key]).filter((key) => key !== undefined);
      for (const key of theirs) {
        const [kind, label, holders, opened] = key;
        labels.add(kind === own || (kind === previous && holders.length === 1) ? "own" : kind === missing ? "" : label);
        for (const door of opened) {
          byDoor.set(door, [...(byDoor.get(door) ?? []), key]);
        }
      }
      const who = make("th", "", make("bdi", "", name || id));
      who.scope = "row";
      if (name) {
        who.append(" ", make("span", "muted aside", make("bdi", "", id)));
      }
      if (hasLeft) {
        who.append(" ", make("span", "gone aside", "not in the roster"));
      }
      labels.delete("");
      const named = [...labels];
      const more = named.length > keysNamed ? `, and ${named.length - keysNamed} more` : "";
      return make(
        "tr",
        "",
        who,
        ...shownDoors.map((door) => cellOf(byDoor.get(door) ?? [])),
        make("td", "keys muted", `${named.slice(0, keysNamed).join(", ")}${more}`),
      );
    };

    /** @param {readonly Key[]} found */
    const cellOf = (found) => {
      if (found.length === 0) {
        return make("td", "");
      }
      /** @param {number} kind */
      const ofKind = (kind) => found.filter((key) => key[0] === kind).map(([, label]) => label);
      const groups = ofKind(shared);
      const hasOwn = ofKind(own).length > 0;
      const words = [
        ...ofKind(revoked).map((label) => `still open with a revoked key of ${label}`),
        ...(hasOwn ? ["own key"] : []),
        ...groups,
        ...ofKind(previous).map((label) => `previous key of ${label}`),
        ...ofKind(missing).map((label) => `key of ${label} not registered yet`),
      ].join(", ");
      const look = ofKind(revoked).length
        ? "revoked"
        : hasOwn
          ? groups.length > 0
            ? "both"
            : "own"
          : groups.length > 0
            ? "shared"
            : ofKind(previous).length > 0
              ? "previous"
              : "missing";
      const mark = make("span", `mark ${look}`, ...(look === "revoked" ? ["!"] : []));
      mark.setAttribute("aria-hidden", "true");
      const cell = make("td", "", mark, make("span", "hidden-text", words));
      cell.title = words;
      return cell;
    };

    const layOut = () => {
      const last = Math.min(first + peoplePerPage, shownPeople.length);
      const corner = make("th", "", "Person");
      corner.scope = "col";
      const headings = shownDoors.map((door) => {
        const [label = "", id = ""] = doors[door] ?? [];
        const text = make("span", "", make("bdi", "", label));
        const heading = make("th", "", make("div", "door", text));
        heading.scope = "col";
        heading.title = label === id ? label : `${label}, ${id}`;
        return heading;
      });
      const keysHeading = make("th", "keys", "Keys");
      keysHeading.scope = "col";
      const caption = make("caption", "hidden-text", "People, and the doors that their keys open");
      const head = make("thead", "", make("tr", "", corner, ...headings, keysHeading));
      const body = make("tbody", "", ...shownPeople.slice(first, last).map(rowOf));
      frame.replaceChildren(make("table", "matrix", caption, head, body));
      frame.hidden = shownPeople.length === 0;
      place.textContent =
        shownPeople.length === 0
          ? "Nobody"
          : `${(first + 1).toLocaleString("en")} to ${last.toLocaleString("en")} of ${count(shownPeople.length, "person", "people")}`;
      back.disabled = first === 0;
      forth.disabled = last >= shownPeople.length;
      back.hidden = shownPeople.length <= peoplePerPage;
      forth.hidden = back.hidden;
    };

    /** @param {number} pages */
    const turn = (pages) => {
      first += pages * peoplePerPage;
      layOut();
      frame.scrollTop = 0;
      // A button that went out of use would leave the keyboard nowhere.
      if (document.activeElement === document.body || (back.disabled && pages < 0) || (forth.disabled && pages > 0)) {
        frame.focus({ preventScroll: true });
      }
    };
    back.addEventListener("click", () => turn(-1));
    forth.addEventListener("click", () => turn(1));

    return (words) => {
      const wordDoors = words.map(
        (word) => new Set(doorTexts.flatMap((text, door) => (text.includes(word) ? door : []))),
      );
      // By word and key, so that a key with many holders and doors is looked at once.
      const wordKeys = words.map((word, index) =>
        keys.map(
          ([, , , opened], key) =>
            keyTexts[key]?.includes(word) || opened.some((door) => wordDoors[index]?.has(door) ?? false),
        ),
      );
      shownPeople = people.flatMap((_, person) =>
        words.every(
          (word, index) =>
            personTexts[person]?.includes(word) || keysOf[person]?.some((key) => wordKeys[index]?.[key] ?? false),
        )
          ? person
          : [],
      );
      const namedDoors = new Set(wordDoors.flatMap((found) => [...found]));
      shownDoors = doors.flatMap((_, door) => (namedDoors.size === 0 || namedDoors.has(door) ? door : []));
      first = 0;
      layOut();
      return shownPeople.length;
    };
  };

  const filterPeople = startMatrix();

  // ---- the box ----

  const box = /** @type {HTMLInputElement} */ (element("filter"));
  const found = element("found");

  const apply = () => {
    const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    const left = filterRows(words);
    const people = filterPeople(words);
    const parts = [
      ["wrong", "wrong", "wrong"],
      ["due", "date", "dates"],
      ["timeline", "certificate", "certificates"],
    ].flatMap(([name = "", one = "", several = ""]) =>
      left.has(name) ? count(left.get(name) ?? 0, one, several) : [],
    );
    found.textContent = words.length === 0 ? "" : [...parts, count(people, "person", "people")].join(", ");
  };

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, filterDelayMs);
  });
  // A reload may bring back what stood in the box.
  apply();
})();
