// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** Format numbers, times and sizes in the language of the page. */

const language = (): string => document.documentElement.lang || 'en';

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1]
] as const;

/** Estimates below the first number of seconds are rounded to a multiple of the second. */
const STEPS = [
  [10, 1],
  [60, 5],
  [600, 30],
  [Infinity, 60]
] as const;

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** Larger whole numbers are shown in scientific notation. */
const MAX_WHOLE = 1e12;

/** More digits are due to the binary representation. */
const MAX_DIGITS = 12;

const WHOLE_BYTES = { style: 'unit', unit: 'byte', unitDisplay: 'long' } as const;

/** Format a duration in its largest unit, e.g. `41s`, `3m`, `2d`. */
export function formatSpan(seconds: number): string {
  const positive = Math.max(0, seconds);
  const [unit, size] = UNITS.find(([, length]) => positive >= length) ?? UNITS[UNITS.length - 1];
  return number(Math.floor(positive / size), { style: 'unit', unit, unitDisplay: 'narrow' });
}

/** Format a duration with useful precision, e.g. `4.2 s`, `41 s`, `3 min 20 s`, `2 hr 5 min`. */
export function formatDuration(seconds: number): string {
  const positive = Math.max(0, seconds);
  const first = UNITS.findIndex(([, length]) => positive >= length);
  if (first < 0 || UNITS[first][0] === 'second') return unit(positive, 'second', positive < 10 ? 1 : 0);
  const [[large, size], [small, rest]] = [UNITS[first], UNITS[first + 1]];
  const left = Math.floor((positive % size) / rest);
  const whole = unit(Math.floor(positive / size), large, 0);
  return left ? `${whole} ${unit(left, small, 0)}` : whole;
}

/** Format an estimated duration, rounded: e.g. `35 sec`, `2 min 30 sec`, `12 min`. */
export function formatEstimate(seconds: number): string {
  const [, step] = STEPS.find(([below]) => seconds < below) ?? STEPS[STEPS.length - 1];
  return formatDuration(Math.round(seconds / step) * step);
}

/** Format a size, e.g. `412 MB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(BYTES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const value = bytes / 1000 ** power;
  return power ? unit(value, BYTES[power], value < 10 ? 1 : 0) : number(value, WHOLE_BYTES);
}

/**
 * Format a measured value with enough digits for comparison. Values such as NaN arrive as their names.
 *
 * A value that is not whole is not shown as a whole number: 0.9999 is not 1.
 */
export function formatValue(value: number | string, digits = 4): string {
  if (typeof value === 'string') return value;
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < MAX_WHOLE) return number(value, {});
  if (size < 1e-3 || size >= 1e6) return value.toExponential(2);
  let enough = Math.max(digits, Math.ceil(Math.log10(size)));
  while (enough < MAX_DIGITS && Number.isInteger(Number(value.toPrecision(enough)))) enough++;
  return number(value, { maximumSignificantDigits: enough });
}

/** Format a number on an axis, where space is limited, e.g. `1.5M`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size < 1e4) return formatValue(value, 3);
  return number(value, { notation: 'compact', maximumSignificantDigits: 3 });
}

/** Format a share from 0 to 1, e.g. `36%`; less than all is not shown as 100%. */
export function formatShare(share: number): string {
  return number(Math.floor(share * 100) / 100, { style: 'percent' });
}

/** Format a parameter: exactly as it was given. */
export function formatParameter(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Format a date and time exactly, e.g. for a tooltip. */
export function formatMoment(time: string): string {
  return moments({ dateStyle: 'medium', timeStyle: 'medium' }).format(Date.parse(time));
}

/** Format the time of day, e.g. for a log, from seconds since the epoch. */
export function formatClock(seconds: number): string {
  return moments({ timeStyle: 'medium' }).format(seconds * 1_000);
}

/** Format a time for an axis: the day, the time of day, or both, from seconds since the epoch. */
export function formatInstant(seconds: number, precision: 'day' | 'minute' | 'both'): string {
  const day = { month: 'short', day: 'numeric' } as const;
  const minute = { hour: 'numeric', minute: '2-digit' } as const;
  return moments({ ...(precision !== 'minute' && day), ...(precision !== 'day' && minute) }).format(seconds * 1_000);
}

/** Format a count, e.g. `12,345`. */
export function formatCount(count: number): string {
  return number(count, {});
}

function unit(value: number, name: string, digits: number): string {
  return number(value, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: digits });
}

function number(value: number, options: Intl.NumberFormatOptions): string {
  return numbers(options).format(value);
}

const numbers = cached((options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language(), options));
const moments = cached((options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language(), options));

/** Cache formatters by their options: creating one is slower than using it, and lists use many. */
function cached<O, F>(create: (options: O) => F): (options: O) => F {
  const formatters = new Map<string, F>();
  return options => {
    const key = `${language()} ${JSON.stringify(options)}`;
    const found = formatters.get(key) ?? create(options);
    formatters.set(key, found);
    return found;
  };
}
