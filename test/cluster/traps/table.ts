// What a kubelet does to a sidecar and its state machine, and what Baton does about it. Which test shows it is not
// written here: a test begins its title with the names of the traps that it springs, as in `trap-17, seen-1.4: …`.

export type Trap = {
  /** `trap-17` for what is written about Kubernetes, `seen-1.4` for what a kubelet of 1.36 was seen to do besides. */
  readonly name: string;
  /** What could go wrong. */
  readonly wrong: string;
  /** What Baton does, so that it does not. */
  readonly does: string;
  /** Why no test springs it here; undefined for all others. */
  readonly why?: string;
};

const START: readonly Trap[] = [
  {
    name: 'trap-1',
    wrong:
      'pods are made one after the other, and the first is only ready when others, or a coordinator, are there',
    does: 'all pods of a segment are made at once, and ready follows from what is in the pod alone',
  },
  {
    name: 'trap-2',
    wrong:
      'the sidecar counts as started when its process answers, and the process starts when the sidecar has',
    does: 'the sidecar has started when it listens',
  },
  {
    name: 'trap-3',
    wrong: 'a process counts as started when an operator has configured it, and is killed until then',
    does: 'a process has started when it is attached to its sidecar',
  },
  {
    name: 'trap-4',
    wrong: 'liveness is asked of a process that is still starting',
    does: 'a process that has not attached yet is alive, for as long as the limit says; a hook begins that time anew',
  },
  {
    name: 'trap-5',
    wrong: 'nobody tells the sidecar that the process beside it was started again',
    does: 'each attachment names the life of the process; another life is another incarnation, from the beginning',
  },
  {
    name: 'trap-6',
    wrong: 'the sidecar is started again beside a process in the middle of a run',
    does: 'it goes on from its state file, as the same incarnation',
  },
  {
    name: 'trap-7',
    wrong:
      'the sandbox of a pod is made anew: other containers and another address under the same name and UID',
    does: 'the coordinator dials the new address, and sees other processes',
  },
];

const PROBES: readonly Trap[] = [
  {
    name: 'trap-8',
    wrong: 'without its sidecar nobody answers the probes of a process, which is killed for it',
    does: 'liveness of the process is off, or more patient than a sidecar in back-off is away',
  },
  {
    name: 'trap-9',
    wrong: 'a process is killed because a coordinator is away, or because it is in error',
    does: 'liveness asks only whether the process is attached',
  },
  {
    name: 'trap-10',
    wrong: 'a gRPC probe speaks plaintext to a port by number, and takes every error for a failure',
    does: 'probes are HTTP, on a port of their own that is plaintext whatever gRPC is',
  },
  {
    name: 'trap-11',
    wrong: 'a probe names a port that only the other container has',
    does: 'the chart writes numbers',
  },
  {
    name: 'trap-12',
    wrong: 'probes come from the node to the address of the pod, where nobody listens',
    does: 'the probe port listens on all addresses, and no probe says a host',
  },
  {
    name: 'trap-13',
    wrong: 'a probe gives up after a second, for which any program may stand still',
    does: 'the chart gives probes three seconds and a second chance',
  },
  {
    name: 'trap-14',
    wrong: 'a pod out of a run is not ready, and helm, rollouts and disruption budgets wait for it',
    does: 'ready is whoever can be commanded and is not in error; the state itself is a metric and in the status',
  },
  {
    name: 'trap-15',
    wrong: 'a sidecar that is started again makes its pod unready for a moment',
    does: 'nothing is decided by that: streams tell who is there, and names lead to unready pods too',
  },
  {
    name: 'trap-16',
    wrong: 'six probes of each pod, each a new connection, cost the sidecar its processor',
    does: 'probes are answered from memory',
  },
];

const END: readonly Trap[] = [
  {
    name: 'trap-17',
    wrong: 'a kubelet looks at no status of a hook, and waits for it as long as the grace lasts',
    does: 'the hook is always answered before the grace less a margin, and says in the log whether it was clean',
  },
  {
    name: 'trap-18',
    wrong: "the sidecar's own hook is called at the same time as the process's, and it goes first",
    does: 'the sidecar has none; it hears SIGTERM when the process has gone, and serves until then',
  },
  {
    name: 'trap-19',
    wrong:
      'a hook is called for a container that is only started again, and the target counts as gone for good',
    does: 'the coordinator looks whether the pod goes; when it stays, its next life is back in service',
  },
  {
    name: 'trap-20',
    wrong: 'no hook is called for a process that dies, or on a node that is lost',
    does: 'nothing rests on the hook: the run is unclean by name, and the next one is clean',
  },
  {
    name: 'trap-21',
    wrong: 'a hook is called twice, and the stop is done twice',
    does: 'a second call joins the stop that goes on',
  },
  {
    name: 'trap-22',
    wrong:
      'a sidecar that dies while its pod goes is not started again, and its process hears SIGTERM at once',
    does: 'the coordinator hears that the stream has ended; the run is unclean by name',
  },
  {
    name: 'trap-23',
    wrong:
      'one grace holds the hook, the end of the process and that of the sidecar, and nobody tells it how long it is',
    does: 'the chart tells it the same number as the pod, and refuses one in which the stop path has no room',
  },
  {
    name: 'trap-24',
    wrong: 'a liveness probe with a grace of its own cuts the hook short',
    does: 'that cannot be said in the chart: the stop path has the grace of the pod, whatever ends the process',
  },
  {
    name: 'trap-25',
    wrong:
      'a node short of memory, or one that is switched off, gives its pods a second or its own share of time',
    does: 'as with a forced deletion (seen-1.1)',
    why: 'it needs a node that is short of memory or goes down, and both nodes are the machine that runs the tests',
  },
  {
    name: 'trap-26',
    wrong: 'the sidecar is asked for its liveness while it waits for a stop',
    does: 'it answers all the while',
  },
  {
    name: 'trap-27',
    wrong: 'members are scaled away in the middle of a run, and nothing can forbid it',
    does: '`baton scale` refuses; whoever does it otherwise has the run stopped in order first',
  },
];

const IDENTITY: readonly Trap[] = [
  {
    name: 'trap-28',
    wrong: 'another pod has the same name, and the name still leads to the one before',
    does: 'pods are dialled by address, and a target is another place once its UID is another',
  },
  {
    name: 'trap-29',
    wrong:
      'a readiness gate stays true for the next process, and keeps new pods out while the coordinator is away',
    does: 'there is none',
  },
  {
    name: 'trap-30',
    wrong: 'maxUnavailable of a StatefulSet means something else in each version of Kubernetes',
    does: 'pods are replaced by `baton rollout`, one first and never in a run',
  },
];

const SEEN: readonly Trap[] = [
  {
    name: 'seen-1.1',
    wrong: 'the hook is called for a pod that is deleted by force, with a second to live',
    does: 'the process stops by itself in that second, or is recorded unclean',
  },
  {
    name: 'seen-1.2',
    wrong: 'the hook arrives before the watch tells that the pod is deleted',
    does: 'the coordinator asks once for the pod by name and UID before it decides',
  },
  {
    name: 'seen-1.3',
    wrong:
      'a pod that is deleted during a liveness kill gets one more process, and a hook before its first word',
    does: 'the hook waits some seconds for that process to attach, which is not commanded and hears its SIGTERM',
  },
  {
    name: 'seen-1.4',
    wrong: 'a hook that takes all of the grace: process and sidecar hear SIGTERM in the same moment',
    does: 'the answer comes sooner, so that the sidecar sees the process go',
  },
  {
    name: 'seen-1.5',
    wrong: 'a second deletion with less grace does not hurry a hook that waits',
    does: 'its budget is that of the first; the stop is done in its own time',
  },
  {
    name: 'seen-1.6',
    wrong: 'a sidecar is asked for liveness while its pod goes, and an event tells of each failure',
    does: 'it answers, and there is no such event',
  },
  {
    name: 'seen-1.7',
    wrong: 'a port by name that is not there: the probe never decides, and the hook is left out',
    does: 'the chart writes numbers',
  },
  {
    name: 'seen-1.8',
    wrong: 'failures of liveness add up over several short absences of a sidecar',
    does: 'liveness of the process is more patient than all of them together, or refused',
  },
  {
    name: 'seen-1.9',
    wrong: 'a container that its kubelet has started again counts as started and ready at once',
    does: 'only what the process says at its attachment makes it another life; until then nothing is commanded',
  },
  {
    name: 'seen-1.10',
    wrong: 'nothing in the API tells that a container is being killed for its liveness',
    does: 'the sidecar tells it, since its hook is called',
  },
  {
    name: 'seen-1.11',
    wrong: 'helm sets the number of members back, or fails because somebody has scaled',
    does: 'the number was never in the chart, so an upgrade leaves it',
  },
  {
    name: 'seen-1.12',
    wrong: 'two disruption budgets over one pod make each eviction an error',
    does: 'there is one for each StatefulSet; one of a user over the same pods is named in the status',
  },
  {
    name: 'seen-1.13',
    wrong: 'a policy that forbids kubectl scale does not see a change of the StatefulSet itself',
    does: 'no policy is relied on: by either way the run is stopped in order first',
  },
  {
    name: 'seen-1.14',
    wrong: 'after the API server was away nodes and pods look not ready for a minute',
    does: 'nothing is decided by that: streams tell who is there',
  },
];

/** All of them, in the order of the table. */
export const TRAPS: readonly Trap[] = [...START, ...PROBES, ...END, ...IDENTITY, ...SEEN];
