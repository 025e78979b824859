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
 * The repository for the function's images, and the permissions that an account needs to build them.
 *
 * The stack has its own repository instead of the project's `gcf-artifacts`: write access can be granted on it alone,
 * and it is deleted with the stack.
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
      description: 'Container images of the catalog sync, built by Cloud Build.',
      format: 'DOCKER',
      labels: labelsOf(props.environment),
      // Every deployment adds an image. The newest few are enough for a rollback.
      cleanupPolicies: [
        { id: 'keep-newest', action: 'KEEP', mostRecentVersions: { keepCount: 5 } },
        { id: 'delete-old', action: 'DELETE', condition: { tagState: 'ANY', olderThan: '2592000s' } },
      ],
    });
  }

  /**
   * Lets an account build from a bucket.
   *
   * @returns what the function must wait for: grants take a while to propagate, and a build that starts too early
   *   fails with "Access to bucket denied"
   */
  grantBuild(account: ServiceAccount, source: StorageBucket): ITerraformDependable {
    const { project, region } = this.props;
    const grants = [
      // Writes the build's log. Permission to write logs can only be granted on the whole project.
      new ProjectIamMember(this, 'write-logs', {
        project,
        role: 'roles/logging.logWriter',
        member: account.member,
      }),
      // Pushes the image, to this repository only.
      new ArtifactRegistryRepositoryIamMember(this, 'push-images', {
        project,
        location: region,
        repository: this.repository.repositoryId,
        role: 'roles/artifactregistry.writer',
        member: account.member,
      }),
      // Reads the source from this stack's bucket and from the bucket that Cloud Functions copies it to. The latter is
      // created by the first deployment in a region, so the grant is on the project, limited to the bucket's name.
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
