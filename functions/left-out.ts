/** Excludes library modules that the function never runs from the bundle, so that the bundle loads faster. */
import type { Plugin } from 'esbuild';

/** Files below node_modules, without their extension. */
const files = [
  // Administration, an older protocol version, and data bundles for web clients. None of them reads or writes
  // documents.
  '@google-cloud/firestore/build/src/v1/firestore_admin_client',
  '@google-cloud/firestore/build/src/v1beta1/index',
  '@google-cloud/firestore/build/protos/firestore_v1_proto_api',
  // Clients and message types of three services other than Firestore. Only administration waits for operations.
  'google-gax/build/src/iamService',
  'google-gax/build/protos/iam_service',
  'google-gax/build/protos/locations',
  'google-gax/build/protos/operations',
  'google-gax/build/src/operationsClient',
  // Firestore over REST. The function uses gRPC.
  'google-gax/build/src/fallbackRest',
  'google-gax/build/src/fallbackServiceStub',
  // Query listeners and gRPC servers.
  '@google-cloud/firestore/build/src/watch',
  '@grpc/grpc-js/build/src/server',
  '@grpc/grpc-js/build/src/server-interceptors',
  // Credentials of other clouds, of air-gapped clouds (GDC) and with restricted access, none of which the function
  // uses.
  'google-auth-library/build/src/auth/awsclient',
  'google-auth-library/build/src/auth/downscopedclient',
  'google-auth-library/build/src/auth/externalAccountAuthorizedUserClient',
  'google-auth-library/build/src/auth/gdchclient',
  'google-auth-library/build/src/auth/identitypoolclient',
  'google-auth-library/build/src/auth/pluggable-auth-client',
  // A polyfill of web streams for old versions of Node.
  'web-streams-polyfill/dist/ponyfill.es2018',
];

const pattern = new RegExp(
  `(?:^|[\\\\/])node_modules[\\\\/](${files.map((file) => file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')).join('|')})\\.js$`,
);

/** Whether the bundle contains only a stub for this file. */
export function isLeftOut(file: string): boolean {
  return pattern.test(file);
}

/**
 * Replaces each module on the list with a stub. Using a stub throws an error that names the missing module.
 *
 * If no library imports a module on the list any longer, the build fails, because the list is out of date.
 */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    const found = new Set<string>();
    build.onStart(() => found.clear());
    build.onLoad({ filter: pattern }, ({ path }) => {
      const file = pattern.exec(path)?.[1]?.replaceAll('\\', '/') ?? path;
      found.add(file);
      return { contents: stubOf(file) };
    });
    build.onEnd(() => {
      const unused = files.filter((file) => !found.has(file));
      const text = (file: string) =>
        `${file} is left out of the bundle, but no library imports it any longer`;
      return { errors: unused.map((file) => ({ text: text(file) })) };
    });
  },
};

/** A stub for a module. Libraries re-export each other's modules when they load, so only using the stub throws. */
function stubOf(file: string): string {
  const message = `${file} is left out of the bundle: see functions/left-out.ts`;
  return `
    const fail = () => { throw new Error(${JSON.stringify(message)}); };
    const part = new Proxy(function () {}, {
      get: (_, name) => (typeof name === 'symbol' || name === '__esModule' ? undefined : part),
      apply: fail,
      construct: fail,
    });
    module.exports = part;
  `;
}
