/** A time in which a rotation may happen, again and again. */
export interface MaintenanceWindow {
  /** When it opens: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** How long it stays open. Hours that pass, also across a change of the clocks. */
  readonly durationHours: number;
  /** IANA name of the zone that the cron expression is meant in. */
  readonly timeZone: string;
}
