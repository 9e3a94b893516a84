// The room of ClusterNode.
