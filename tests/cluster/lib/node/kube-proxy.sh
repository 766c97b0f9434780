# shellcheck shell=bash

# No kernel modules and no conntrack limits are assumed, and rules follow a change of endpoints at once.
kube_proxy_configuration() {
  cat >"$STATE/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $PKI/proxy.kubeconfig}
mode: iptables
clusterCIDR: $POD_CIDR
hostnameOverride: $CLUSTER_NODE
bindAddress: $NODE_ADDRESS
metricsBindAddress: 127.0.0.1:10249
healthzBindAddress: 127.0.0.1:10256
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
iptables: {minSyncPeriod: 100ms, syncPeriod: 10s}
$(kube_proxy_version_settings)
YAML
}
