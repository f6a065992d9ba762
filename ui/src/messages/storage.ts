import type {
  GapCause,
  RecordingPlan,
  StreamRecordingState,
  StreamRole,
  VolumeState,
} from "../protocol";
import { hoursOf } from "../state/week";
import { dateTime, hundredths, m, number, tenths } from ".";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_HOURS = 24;

/** As disks are sold: a kilobyte has 1000 bytes. */
const UNITS: [bytes: number, text: (inputs: { size: string }) => string][] = [
  [1e12, m.size_terabytes],
  [1e9, m.size_gigabytes],
  [1e6, m.size_megabytes],
  [1e3, m.size_kilobytes],
];

export function bytesText(bytes: number): string {
  // What would be written as 1000 of a unit is one of the next.
  const unit = UNITS.find(([size]) => Math.round((bytes / size) * 10) >= 10);
  if (unit === undefined) return m.size_bytes({ size: number(bytes) });
  const [size, text] = unit;
  return text({ size: tenths(bytes / size) });
}

/** How long something went on, in at most two units. */
export function durationText(ms: number): string {
  if (ms < MINUTE_MS) return m.seconds({ seconds: tenths(ms / SECOND_MS) });
  const two = (large: string, small: string) => m.duration({ large, small });
  const seconds = Math.round(ms / SECOND_MS);
  if (ms < HOUR_MS) {
    return two(
      m.minutes({ minutes: number(Math.floor(seconds / 60)) }),
      m.seconds({ seconds: number(seconds % 60) }),
    );
  }
  const minutes = Math.round(ms / MINUTE_MS);
  return two(
    m.hours({ hours: number(Math.floor(minutes / 60)) }),
    m.minutes({ minutes: number(minutes % 60) }),
  );
}

/** How long recordings will last; by the hour where that is less than two days. */
export function forecastText(days: number): string {
  if (days < 2) return m.forecast_hours({ hours: number(Math.round(days * DAY_HOURS)) });
  return m.forecast_days({ days: number(Math.round(days)) });
}

/** What it means that the server's clock was set, by `by` µs. */
export function clockSetText(atMs: number, by: number): string {
  const words = { at: dateTime(atMs), duration: durationText(Math.abs(by) / 1000) };
  return by < 0 ? m.clock_set_back(words) : m.clock_set_forward(words);
}

/** Rounded down: what was missed is never rounded away. */
export function proofText(percent: number): string {
  return m.proof({ percent: hundredths(Math.floor(percent * 100) / 100) });
}

export function planText(plan: RecordingPlan): string {
  const { mode, preSeconds, postSeconds, week } = plan;
  const seconds = { before: number(preSeconds), after: number(postSeconds) };
  switch (mode) {
    case "off":
      return m.plan_off();
    case "continuous":
      return m.plan_continuous();
    case "event":
      return m.plan_event(seconds);
    case "schedule": {
      const always = number(hoursOf(week, "continuous"));
      const events = hoursOf(week, "event");
      if (events === 0) return m.plan_week({ always });
      return m.plan_week_events({ always, events: number(events), ...seconds });
    }
  }
}

/** What is wrong with a volume, in words; "" where nothing is. */
export function volumeStateTitle(state: VolumeState): string {
  switch (state.kind) {
    case "ready":
      return "";
    case "full":
      return m.volume_full();
    case "slow":
      return m.volume_slow();
    case "readOnly":
      return m.volume_read_only();
    case "missing":
      return m.volume_missing();
    case "swapped":
      return m.volume_swapped();
    case "failed":
      return m.volume_failed();
  }
}

/** What to do about it: what the server says, or where it says nothing what helps. */
export function volumeNextStep(state: VolumeState): string {
  switch (state.kind) {
    case "ready":
      return "";
    case "full":
      return m.volume_full_step();
    case "slow":
      return m.volume_slow_step();
    default:
      return state.message;
  }
}

/** How recording goes where nothing is wrong. */
export function recordedText(kind: Exclude<StreamRecordingState["kind"], "failed">): string {
  switch (kind) {
    case "off":
      return m.recording_off();
    case "notYet":
      return m.recording_not_yet();
    case "recording":
      return m.recording_on();
    case "waiting":
      return m.recording_waiting();
  }
}

/** What stands where a picture would be. */
export function unrecordedText(cause: GapCause | null): string {
  if (cause === null) return m.tile_unrecorded();
  return m.tile_unrecorded_because({ cause: causeText(cause) });
}

export function causeText(cause: GapCause): string {
  switch (cause) {
    case "unreachable":
      return m.cause_unreachable();
    case "auth":
      return m.cause_auth();
    case "networkLoss":
      return m.cause_network_loss();
    case "diskFull":
      return m.cause_disk_full();
    case "diskSlow":
      return m.cause_disk_slow();
    case "volumeGone":
      return m.cause_volume_gone();
    case "volumeFailed":
      return m.cause_volume_failed();
    case "engineStopped":
      return m.cause_engine_stopped();
    case "machineAsleep":
      return m.cause_machine_asleep();
    case "schedule":
      return m.cause_schedule();
    case "retention":
      return m.cause_retention();
    case "unsupported":
      return m.cause_unsupported();
    case "noVolume":
      return m.cause_no_volume();
  }
}

export function roleText(role: StreamRole): string {
  return role === "main" ? m.stream_main() : m.stream_sub();
}
