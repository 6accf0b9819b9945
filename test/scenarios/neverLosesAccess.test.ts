import { accessStories } from "../support/accessStories";
import { subscriptionDoors } from "../support/probedDoors";

// Who provides changes neither the order of things nor what an engine loses on its way: the strictest story is for both.
accessStories(subscriptionDoors, (story, host) => host === "plugin" || story === "leaver");
