import { ArtifactRegistryRepository } from '@cdktf/provider-google/lib/artifact-registry-repository/index.js';
import { ArtifactRegistryRepositoryIamMember } from '@cdktf/provider-google/lib/artifact-registry-repository-iam-member/index.js';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import type { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { Sleep } from '@cdktf/provider-time/lib/sleep/index.js';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';

export interface ImageBuildsProps {
  readonly project: string;
  readonly region: string;
  readonly environment: EnvironmentName;
}

/**
 * Where the function's images are kept, and what an account needs to build them.
 *
 * A repository of our own rather than the project's `gcf-artifacts`: the right to write can be given on it alone,
 * and it is gone when the stack is.
 */
export class ImageBuilds extends Construct {
  readonly repository: ArtifactRegistryRepository;
  private readonly props: ImageBuildsProps;

  constructor(scope: Construct, id: string, props: ImageBuildsProps) {
    super(scope, id);
    this.props = props;
    this.repository = new ArtifactRegistryRepository(this, 'repository', {
      project: props.project,
      location: props.region,
      repositoryId: nameOf(props.environment, 'images'),
      description: 'Images of the catalog sync, made by Cloud Build.',
      format: 'DOCKER',
      labels: labelsOf(props.environment),
      // Every deployment leaves an image behind; the newest few are enough to go back to.
      cleanupPolicies: [
        { id: 'keep-newest', action: 'KEEP', mostRecentVersions: { keepCount: 5 } },
        { id: 'delete-old', action: 'DELETE', condition: { tagState: 'ANY', olderThan: '2592000s' } },
      ],
    });
  }

  /**
   * Lets an account build from a bucket.
   *
   * @returns what the function must wait for: grants take a while to be known everywhere, and a build that starts
   *   too early fails with "Access to bucket denied"
   */
  grantBuild(account: ServiceAccount, source: StorageBucket): ITerraformDependable {
    const { project, region } = this.props;
    const grants = [
      // Writes the build's log. Logs have no finer resource than the project.
      new ProjectIamMember(this, 'write-logs', {
        project,
        role: 'roles/logging.logWriter',
        member: account.member,
      }),
      // Pushes the image, into this repository only.
      new ArtifactRegistryRepositoryIamMember(this, 'push-images', {
        project,
        location: region,
        repository: this.repository.repositoryId,
        role: 'roles/artifactregistry.writer',
        member: account.member,
      }),
      // Reads the source: from our bucket, and from the one that Cloud Functions copies it to. That one is made by
      // the first deployment in a region, so the grant stands on the project, narrowed to its name.
      new ProjectIamMember(this, 'read-source', {
        project,
        role: 'roles/storage.objectViewer',
        member: account.member,
        condition: {
          title: 'only-function-sources',
          description: 'The bucket of this stack and those Cloud Functions copies sources to',
          expression: [source.name, 'gcf-v2-sources-']
            .map((bucket) => `resource.name.startsWith("projects/_/buckets/${bucket}")`)
            .join(' || '),
        },
      }),
    ];
    return new Sleep(this, 'wait-for-grants', { createDuration: '60s', dependsOn: grants });
  }
}
