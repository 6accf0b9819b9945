import { bugsAmongPeople } from "./bugsAmongPeople";
import { bugsAtOtherDoors } from "./bugsAtOtherDoors";
import { bugsInDecisions } from "./bugsInDecisions";
import { bugsInProcesses } from "./bugsInProcesses";
import { bugsInResources } from "./bugsInResources";
import { bugsInTheSchedule } from "./bugsInTheSchedule";
import { bugsOnTheWire } from "./bugsOnTheWire";
import type { PlantedBug } from "./plantedBug";

/** All of them, in the order they are planted in. */
export const bugs: readonly PlantedBug[] = [
  ...bugsInDecisions,
  ...bugsInResources,
  ...bugsOnTheWire,
  ...bugsInProcesses,
  ...bugsAtOtherDoors,
  ...bugsInTheSchedule,
  ...bugsAmongPeople,
];
