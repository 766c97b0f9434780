# shellcheck shell=bash

kubelet_configuration() {
  # For pods with dnsPolicy Default: nothing outside of the cluster can be resolved.
  : >"$STATE/resolv.conf"
  cat >"$STATE/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $PKI/ca.crt}}
authorization: {mode: Webhook}
address: $NODE_ADDRESS
tlsCertFile: $PKI/kubelet-serving.crt
tlsPrivateKeyFile: $PKI/kubelet-serving.key
cgroupDriver: cgroupfs
cgroupRoot: /$CGROUP
cgroupsPerQOS: true
enforceNodeAllocatable: [pods]
clusterDNS: [$NODE_ADDRESS]
clusterDomain: cluster.local
failSwapOn: false
readOnlyPort: 0
healthzBindAddress: 127.0.0.1
resolvConf: $STATE/resolv.conf
hairpinMode: hairpin-veth
imageGCHighThresholdPercent: 100
evictionHard: {imagefs.available: "0%", nodefs.available: "0%", nodefs.inodesFree: "0%"}
nodeStatusUpdateFrequency: 2s
syncFrequency: 2s
volumePluginDir: $STATE/volume-plugins
serializeImagePulls: false
kubeAPIQPS: 100
kubeAPIBurst: 200
$(kubelet_version_settings)
YAML
}

# Fills the array `command`.
kubelet_command() {
  mapfile -t versioned < <(container_runtime_arguments)
  # The variable spares a look for a cloud's credentials, which takes 6 s to find none.
  command=(env AWS_EC2_METADATA_DISABLED=true kubelet --config="$STATE/kubelet.yaml" --kubeconfig="$PKI/kubelet.kubeconfig"
    --root-dir="$STATE/kubelet" --cert-dir="$STATE/kubelet-pki" --node-ip="$NODE_ADDRESS" --hostname-override="$CLUSTER_NODE"
    --container-runtime-endpoint=unix:///run/containerd/containerd.sock "${versioned[@]}" --v=2)
}

node_ready() {
  [[ $(kubectl get node "$CLUSTER_NODE" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null) == True ]]
}

default_service_account() { kubectl -n default get serviceaccount default >/dev/null 2>&1; }
