// Names that Kubernetes objects carry for us. The charts write the same ones.

/** Group and version of our resources. */
export const API_GROUP = 'baton.dev';
export const API_VERSION = 'v1alpha1';

/** Label of StatefulSets, pods and PodDisruptionBudgets: whose they are. */
export const PARTITION_LABEL = 'baton.dev/partition';
export const SEGMENT_LABEL = 'baton.dev/segment';

/** Label of what the coordinator has made itself, so that it never changes what is somebody else's. */
export const MANAGED_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY = 'baton';

/** Label that the StatefulSet controller gives to its pods. */
export const ORDINAL_LABEL = 'apps.kubernetes.io/pod-index';

/** Label of the coordinator's pod that leads; the Service selects it. */
export const LEADER_LABEL = 'baton.dev/leader';

/** Who writes, as the API server notes it for each field. */
export const FIELD_MANAGER = 'baton';

/** Name of the sidecar's container in each pod. */
export const SIDECAR_CONTAINER = 'baton';

/** Annotation of a pod whose sidecar answers only mutual TLS: where its certificates come from. */
export const IDENTITY_ANNOTATION = 'baton.dev/identity';

/** Secret in the coordinator's namespace: the authority that it issues from. */
export const AUTHORITY_SECRET = 'baton-authority';

/** Secret in each namespace with Partitions: what its sidecars show. */
export const SIDECAR_SECRET = 'baton-sidecar';

/** Annotation of the authority's Secret: another word asks for another authority. Answered by the same word. */
export const ROTATE_ANNOTATION = 'baton.dev/rotate';
export const ROTATED_ANNOTATION = 'baton.dev/rotated';

/** The Lease of the coordinators of one installation. */
export const LEASE_NAME = 'baton-coordinator';

/** gRPC of the coordinator, and its HTTP for probes and metrics. */
export const COORDINATOR_PORT = 7_400;
export const COORDINATOR_HTTP_PORT = 7_403;

/** gRPC of a sidecar, and its HTTP for probes, preStop and metrics. */
export const SIDECAR_PORT = 7_401;
export const SIDECAR_HTTP_PORT = 7_402;

/** Whom a caller's token must be meant for: one for the API server is nobody's to pass on. */
export const AUDIENCE = 'baton.dev';

/** What callers need rights on: a subresource that is only asked about, and never read or written. */
export const CONTROL_SUBRESOURCE = 'control';

/** The ready-made ClusterRole that grants a verb, and those below it. They come with the kinds. */
export const CALLER_ROLES = {
  view: 'baton-viewer',
  operate: 'baton-operator',
  force: 'baton-admin',
} as const;

/**
 * Annotation of the coordinator's pods: service accounts of its namespace as which people call, the one that is
 * tried first before the others, with commas between. Absent: nobody is asked who they are.
 */
export const CALLERS_ANNOTATION = 'baton.dev/callers';
