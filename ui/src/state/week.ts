export const DAYS = 7;
export const HOURS = 24;

/** An hour of a week: its index counts from Monday 0:00. */
export type Hour = number;

/** A week of which every hour is the same. */
export function weekOf<Mode>(mode: Mode): Mode[] {
  return Array(DAYS * HOURS).fill(mode);
}

/** The hour so many days and hours away, and the nearest one where the week ends before. */
export function hourBeside(hour: Hour, days: number, hours: number): Hour {
  const within = (value: number, count: number) => Math.min(Math.max(0, value), count - 1);
  const day = within(Math.floor(hour / HOURS) + days, DAYS);
  return day * HOURS + within((hour % HOURS) + hours, HOURS);
}

/** The week with every hour painted that lies between two, by day and by time of day. */
export function painted<Mode>(week: Mode[], one: Hour, other: Hour, mode: Mode): Mode[] {
  const isBetween = (value: number, end: number, otherEnd: number) =>
    value >= Math.min(end, otherEnd) && value <= Math.max(end, otherEnd);
  const day = (hour: Hour) => Math.floor(hour / HOURS);
  const time = (hour: Hour) => hour % HOURS;
  return week.map((before, hour) => {
    const isOnDay = isBetween(day(hour), day(one), day(other));
    return isOnDay && isBetween(time(hour), time(one), time(other)) ? mode : before;
  });
}

/** How many hours of the week are of this mode. */
export function hoursOf<Mode>(week: Mode[], mode: Mode): number {
  return week.filter((each) => each === mode).length;
}
