import { accessStories } from "../support/accessStories";
import { applicationDoors } from "../support/probedDoors";

// A change of an application waits for reads to agree, and each answer for the probe: one story with each host, every one with
// both where PROBE=all.
const all = process.env["PROBE"] === "all";
accessStories(applicationDoors, (story, host) => all || story === (host === "dynamic" ? "scheduled" : "leaver"));
