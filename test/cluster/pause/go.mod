// The process that holds the namespaces of a pod.
module baton.dev/test/cluster/pause

go 1.26.0
