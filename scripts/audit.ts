/**
 * `npm run audit`: gets the known vulnerabilities from the registry, and fails if a package that runs in production
 * has one of high or critical severity. Exit code 0: none. 1: found. 2: the registry returned no report, so nothing
 * was checked.
 */
import { type Component, npm, readSbom, shippedPackages } from './shipped.ts';

/** The parts of the output of `npm audit --json` that are used here. */
export interface AuditReport {
  metadata?: { vulnerabilities: Record<string, number> };
  vulnerabilities?: Record<string, { name: string; severity: string; range: string; nodes: string[] }>;
  /** Present instead of the other fields if the registry rejects the request. */
  message?: string;
}

export interface Judgment {
  status: 0 | 1 | 2;
  lines: string[];
}

const failingSeverities = new Set(['high', 'critical']);

/**
 * Evaluates a report.
 *
 * @param shippedFolders the folders of the packages that run in production, as the report names them: `node_modules/x`
 */
export function judge(report: AuditReport, shippedFolders: ReadonlySet<string>): Judgment {
  if (!report.metadata || !report.vulnerabilities) {
    const why = report.message ?? 'unexpected response';
    return {
      status: 2,
      lines: [`NOT CHECKED for known vulnerabilities: the registry returned no report (${why})`],
    };
  }
  const found = Object.values(report.vulnerabilities).map((one) => ({
    ...one,
    fails: failingSeverities.has(one.severity) && one.nodes.some((folder) => shippedFolders.has(folder)),
  }));
  const lines = found.map(
    ({ name, severity, range, fails }) =>
      `${fails ? 'FAILS' : 'noted'}  ${severity.padEnd(9)} ${name} ${range}`,
  );
  const failing = found.filter(({ fails }) => fails).length;
  lines.push(
    `${found.length} packages with known vulnerabilities; ${failing} of them high or critical and in production`,
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
  // Audits all packages, for the reason given at `readSbom`. Packages that are not in production are noted but do not
  // fail.
  const { stdout } = await npm(['audit', '--json']);
  let report: AuditReport = {};
  try {
    report = JSON.parse(stdout);
  } catch {
    // Treated as a missing report.
  }
  const { status, lines } = judge(report, new Set(folders));
  for (const line of lines) console.log(line);
  process.exitCode = status;
}
