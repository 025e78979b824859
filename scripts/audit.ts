/**
 * Asks the registry for known vulnerabilities and fails on one of high or critical severity in what runs in production:
 * `npm run audit`. Status 0: none. 1: found. 2: the registry did not answer, so nothing was checked.
 */
import { type Component, npm, readSbom, shippedPackages } from './shipped.ts';

/** The parts of `npm audit --json` that are used here. */
export interface AuditReport {
  metadata?: { vulnerabilities: Record<string, number> };
  vulnerabilities?: Record<string, { name: string; severity: string; range: string; nodes: string[] }>;
  /** Instead of all that, where the registry refuses. */
  message?: string;
}

export interface Judgement {
  status: 0 | 1 | 2;
  lines: string[];
}

const grave = new Set(['high', 'critical']);

/**
 * Judges a report.
 *
 * @param shippedFolders where the packages that run in production lie: `node_modules/x`, as the report names them
 */
export function judge(report: AuditReport, shippedFolders: ReadonlySet<string>): Judgement {
  if (!report.metadata || !report.vulnerabilities) {
    const why = report.message ?? 'its answer is no report';
    return {
      status: 2,
      lines: [`NOT CHECKED for known vulnerabilities: the registry did not answer the question (${why})`],
    };
  }
  const found = Object.values(report.vulnerabilities).map((one) => ({
    ...one,
    fails: grave.has(one.severity) && one.nodes.some((folder) => shippedFolders.has(folder)),
  }));
  const lines = found.map(
    ({ name, severity, range, fails }) =>
      `${fails ? 'FAILS' : 'noted'}  ${severity.padEnd(9)} ${name} ${range}`,
  );
  const failing = found.filter(({ fails }) => fails).length;
  lines.push(
    `${found.length} packages with known vulnerabilities, ${failing} of them high or critical and in production`,
  );
  return { status: failing > 0 ? 1 : 0, lines };
}

function folderOf({ properties }: Component): string[] {
  return (properties ?? []).filter(({ name }) => name === 'cdx:npm:package:path').map(({ value }) => value);
}

if (process.argv[1] === import.meta.filename) {
  const sbom = await readSbom();
  const shipped = await shippedPackages(sbom);
  const folders = sbom.components.filter((one) => shipped.has(one['bom-ref'])).flatMap(folderOf);
  // Of everything, for the reason given at `readSbom`; what is not in production is noted and does not fail.
  const { stdout } = await npm(['audit', '--json']);
  let report: AuditReport = {};
  try {
    report = JSON.parse(stdout);
  } catch {
    // Judged as no report.
  }
  const { status, lines } = judge(report, new Set(folders));
  for (const line of lines) console.log(line);
  process.exitCode = status;
}
