/** A stretch of time laid over a stretch of the picture. */
export interface Scale {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly left: number;
  readonly right: number;
}

export function x(scale: Scale, ms: number): number {
  const share = (ms - scale.fromMs) / (scale.untilMs - scale.fromMs);
  return round(scale.left + share * (scale.right - scale.left));
}

/** Within the picture, whatever the time. */
export function clampedX(scale: Scale, ms: number): number {
  return Math.min(scale.right, Math.max(scale.left, x(scale, ms)));
}

export function width(scale: Scale, ms: number): number {
  return round(ms / (scale.untilMs - scale.fromMs) * (scale.right - scale.left));
}

export function covers(scale: Scale, ms: number): boolean {
  return ms >= scale.fromMs && ms <= scale.untilMs;
}

/** Round instants, about so many, from the first at or after `originMs` counted from it. */
export function instants(scale: Scale, about: number, originMs = 0): readonly number[] {
  const step = roundStep((scale.untilMs - scale.fromMs) / about);
  const first = Math.ceil((scale.fromMs - originMs) / step);
  const last = Math.floor((scale.untilMs - originMs) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => originMs + (first + index) * step);
}

/** 1, 2 or 5 times a power of ten. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  return power * ([1, 2, 5].find(factor => factor * power >= atLeast) ?? 10);
}

/** Tenths are finer than any screen, and keep the page small. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
