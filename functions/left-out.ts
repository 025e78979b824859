/** What the libraries bring along and this program never runs: left out of the bundle, which loads the faster for it. */
import type { Plugin } from 'esbuild';

/** Files below node_modules, without their ending. */
const files = [
  // Administration, an older protocol, and data bundles for browsers: none of it reads or writes a document.
  '@google-cloud/firestore/build/src/v1/firestore_admin_client',
  '@google-cloud/firestore/build/src/v1beta1/index',
  '@google-cloud/firestore/build/protos/firestore_v1_proto_api',
  // Message types of three services that are not Firestore. Operations are waited for by the administration only.
  'google-gax/build/src/iamService',
  'google-gax/build/protos/iam_service',
  'google-gax/build/protos/locations',
  'google-gax/build/protos/operations',
  'google-gax/build/src/operationsClient',
  // Firestore over REST, which is not how we ask it.
  'google-gax/build/src/fallbackRest',
  'google-gax/build/src/fallbackServiceStub',
  // Listening to a query, and serving gRPC.
  '@google-cloud/firestore/build/src/watch',
  '@grpc/grpc-js/build/src/server',
  '@grpc/grpc-js/build/src/server-interceptors',
  // Identities of other clouds, of an air-gapped one, and narrowed ones: the function has none of them.
  'google-auth-library/build/src/auth/awsclient',
  'google-auth-library/build/src/auth/downscopedclient',
  'google-auth-library/build/src/auth/externalAccountAuthorizedUserClient',
  'google-auth-library/build/src/auth/gdchclient',
  'google-auth-library/build/src/auth/identitypoolclient',
  'google-auth-library/build/src/auth/pluggable-auth-client',
  // Streams for a Node without them.
  'web-streams-polyfill/dist/ponyfill.es2018',
];

const pattern = new RegExp(
  `(?:^|[\\\\/])node_modules[\\\\/](${files.map((file) => file.replaceAll('.', '\\.').replaceAll('/', '[\\\\/]')).join('|')})\\.js$`,
);

/** True for a file that has only a stand-in in the bundle. */
export function isLeftOut(file: string): boolean {
  return pattern.test(file);
}

/**
 * Puts a module in the place of each that says, where it is used after all, which one is missing.
 *
 * A module that no library has any more is an error of the build: then the list is out of date.
 */
export const leaveOut: Plugin = {
  name: 'leave-out',
  setup(build) {
    const met = new Set<string>();
    build.onStart(() => met.clear());
    build.onLoad({ filter: pattern }, ({ path }) => {
      const file = pattern.exec(path)?.[1]?.replaceAll('\\', '/') ?? path;
      met.add(file);
      return { contents: standIn(file) };
    });
    build.onEnd(() => {
      const unmet = files.filter((file) => !met.has(file));
      const text = (file: string) => `${file} is left out of the bundle, but no library asks for it any more`;
      return { errors: unmet.map((file) => ({ text: text(file) })) };
    });
  },
};

/** Libraries hand on what they take from each other at once, so taking may not throw: only using does. */
function standIn(file: string): string {
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
