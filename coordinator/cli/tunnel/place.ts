/** A coordinator inside of a Kubernetes cluster, and by which door. */
export type ClusterPlace = {
  /** File; else KUBECONFIG, or ~/.kube/config. */
  readonly kubeconfig?: string | undefined;
  /** Of the kubeconfig; else its current one. */
  readonly context?: string | undefined;
  /** Where the coordinator runs; else it is looked for. */
  readonly namespace?: string | undefined;
};

/** The words of a command line that say so. */
export type ClusterFlags = {
  readonly kubeconfig?: string | undefined;
  readonly kubeContext?: string | undefined;
  readonly coordinatorNamespace?: string | undefined;
};
