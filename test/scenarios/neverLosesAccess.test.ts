import { accessStories } from "../support/accessStories";
import { subscriptionDoors } from "../support/probedDoors";

// Who provides changes neither the order of things nor what an engine loses on its way: each story with one host, every one
// with both where PROBE=all.
const all = process.env["PROBE"] === "all";
accessStories(subscriptionDoors, (story, host) => all || (host === "dynamic") === (story === "leaver"));
