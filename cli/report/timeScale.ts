/** What the horizontal axis of the timeline shows: from one day to another, in percent of its width. */
export interface TimeScale {
  readonly from: Date;
  readonly to: Date;
  /** 0 to 100, and no further: what lies outside ends at the edge. */
  readonly percent: (date: Date) => number;
  readonly ticks: readonly Tick[];
}

export interface Tick {
  readonly date: Date;
  readonly label: string;
}

const dayMs = 24 * 3_600_000;
/** A certificate for a century would leave a hair of every other one. */
const mostDaysBack = 400;
const mostDaysAhead = 800;
const mostTicks = 9;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const stepsInMonths = [1, 2, 3, 6, 12, 24];
const stepsInDays = [1, 2, 7, 14];

/** Wide enough for all of these dates and today, up to a year back and two ahead. */
export function timeScaleOf(dates: readonly Date[], now: Date): TimeScale {
  const [first, last] = dates.reduce(
    ([least, most], date) => [Math.min(least, date.getTime()), Math.max(most, date.getTime())],
    [now.getTime(), now.getTime()],
  );
  const from = Math.max(first, now.getTime() - mostDaysBack * dayMs);
  const to = Math.max(Math.min(last, now.getTime() + mostDaysAhead * dayMs), from + dayMs);
  const percent = (date: Date) => Math.min(Math.max(((date.getTime() - from) / (to - from)) * 100, 0), 100);
  return { from: new Date(from), to: new Date(to), percent, ticks: ticksBetween(from, to) };
}

function ticksBetween(from: number, to: number): readonly Tick[] {
  const days = (to - from) / dayMs;
  const inDays = stepsInDays.find((step) => days / step <= mostTicks);
  return inDays === undefined ? monthTicks(from, to, days / 30) : dayTicks(from, to, inDays);
}

function monthTicks(from: number, to: number, span: number): readonly Tick[] {
  const step = stepsInMonths.find((each) => span / each <= mostTicks) ?? 36;
  const begin = new Date(from);
  const first = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
  const ticks: Tick[] = [];
  for (let month = Math.ceil(first / step) * step; ; month += step) {
    const date = new Date(Date.UTC(Math.floor(month / 12), month % 12));
    if (date.getTime() > to) {
      return ticks;
    }
    if (date.getTime() >= from) {
      const name = months[month % 12] ?? "";
      ticks.push({ date, label: month % 12 === 0 || ticks.length === 0 ? `${name} ${date.getUTCFullYear()}` : name });
    }
  }
}

function dayTicks(from: number, to: number, step: number): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let day = Math.ceil(from / dayMs); day * dayMs <= to; day += step) {
    const date = new Date(day * dayMs);
    ticks.push({ date, label: `${date.getUTCDate()} ${months[date.getUTCMonth()]}` });
  }
  return ticks;
}
