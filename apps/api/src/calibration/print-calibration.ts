import type { CalibrationReport, CheckCalibration, RelocationHint } from '@berth/application';
import type { CalibrationJson } from '@berth/contract';

export function printCalibration(report: CalibrationReport): CalibrationJson {
  const { rulebook, since, at, ended, classes, outside, checks, relocations, rulebooks } = report;
  const { confirmed, foretold, 'false-yes': falseYes, 'false-no': falseNo } = classes;
  return {
    rulebook,
    since: since?.toISOString() ?? null,
    at: at.toISOString(),
    ended,
    classes: { confirmed, falseYes, foretold, outside: classes.outside, falseNo },
    outside,
    checks: checks.map(printCheck),
    relocations: relocations.map(printHint),
    rulebooks: [...rulebooks],
  };
}

function printCheck(calibration: CheckCalibration): CalibrationJson['checks'][number] {
  const { check, falseYes, falseNo, warned, examples } = calibration;
  const { phase = null, reason = null, failure = null, predictions = null, confirmed = null } = calibration;
  const ids = { falseYes: [...examples.falseYes], falseNo: [...examples.falseNo] };
  return { check, phase, reason, failure, predictions, confirmed, falseYes, falseNo, warned, examples: ids };
}

const printHint = ({ vm, host, preflight, reason, at }: RelocationHint): CalibrationJson['relocations'][number] => ({
  vm,
  host,
  preflight,
  reason,
  at: at.toISOString(),
});
